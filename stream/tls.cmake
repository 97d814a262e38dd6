# mqttspan::tls: TLS on OpenSSL.
