"""The command line ``python3 -m bmw``: the same library without openHAB."""
