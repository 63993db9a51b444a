"""How bytes travel: requests over HTTP, one MQTT connection, TLS. Knows nothing of BMW, tokens or items."""
