# WebSocket: its tests.
