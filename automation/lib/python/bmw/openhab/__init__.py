"""The only package that imports Java or the openHAB scope. Runs on Jython inside openHAB 2.5 to 5.x."""
