"""The network: HTTP requests, one MQTT connection, TLS. Knows nothing of BMW, tokens or items."""
