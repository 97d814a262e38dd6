# mqttspan::websocket: WebSocket on wslay.
