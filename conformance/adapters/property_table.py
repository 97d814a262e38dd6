"""The properties of MQTT 5.0, for adapters in Python: identifier, name in packet JSON, kind of value."""
from typing import NamedTuple


class Property(NamedTuple):
    number: int
    name: str
    kind: str  # number, text, binary, pair


PROPERTIES = [Property(*row) for row in (
    (0x01, "payload_format_indicator", "number"),
    (0x02, "message_expiry_interval", "number"),
    (0x03, "content_type", "text"),
    (0x08, "response_topic", "text"),
    (0x09, "correlation_data", "binary"),
    (0x0B, "subscription_identifier", "number"),
    (0x11, "session_expiry_interval", "number"),
    (0x12, "assigned_client_identifier", "text"),
    (0x13, "server_keep_alive", "number"),
    (0x15, "authentication_method", "text"),
    (0x16, "authentication_data", "binary"),
    (0x17, "request_problem_information", "number"),
    (0x18, "will_delay_interval", "number"),
    (0x19, "request_response_information", "number"),
    (0x1A, "response_information", "text"),
    (0x1C, "server_reference", "text"),
    (0x1F, "reason_string", "text"),
    (0x21, "receive_maximum", "number"),
    (0x22, "topic_alias_maximum", "number"),
    (0x23, "topic_alias", "number"),
    (0x24, "maximum_qos", "number"),
    (0x25, "retain_available", "number"),
    (0x26, "user_property", "pair"),
    (0x27, "maximum_packet_size", "number"),
    (0x28, "wildcard_subscription_available", "number"),
    (0x29, "subscription_identifier_available", "number"),
    (0x2A, "shared_subscription_available", "number"),
)]
BY_NUMBER = {p.number: p for p in PROPERTIES}
BY_NAME = {p.name: p for p in PROPERTIES}

# 3.x return codes, as the 5.0 reason codes that packet JSON has beside them.
REASON_OF_RETURN_CODE = {0: 0, 1: 0x84, 2: 0x85, 3: 0x88, 4: 0x86, 5: 0x87}


def text_json(data):
    """Text of packet JSON: a string, or {"hex": …} where it is not UTF-8."""
    try:
        return bytes(data).decode("utf-8")
    except UnicodeDecodeError:
        return {"hex": bytes(data).hex()}


def binary_json(data):
    return {"hex": bytes(data).hex()}
