// What the menu offers: title, version, sender, bytes.
const EXAMPLES = {
  "Good packets": [
    ["CONNECT with a will", "auto", "client",
      "10 46\n0004 4d515454 05 ee 003c       # MQTT 5.0, keep alive 60 s\n08 11 00000e10 21 0014         # session expiry, receive maximum\n0006 646f6f722d37\n05 18 0000001e                 # the will: its properties,\n" +
      "000c 646f6f722f372f7374617465\n0007 6f66666c696e65            # topic and payload\n0004 68616c6c 0006 736563726574"],
    ["PUBLISH with properties", "5.0", "any", "32 2d 0009 68616c6c2f646f6f72 0007\n1b 03 000a 746578742f706c61696e 26 0004 73697465 0005 6e6f727468\n6f70656e"],
    ["SUBSCRIBE, one of it shared", "5.0", "client", "82 24 0008 02 0b0c\n0006 68616c6c2f2b 01\n0013 2473686172652f67726f75702f646f6f722f23 2a"],
    ["CONNACK, SUBACK, DISCONNECT of a server", "5.0", "server",
      "20 15 00 00 12 21 000a 24 01 12 0007 6175746f2d3831 22 0005\n90 05 0008 00 01 87\ne0 10 8b 0e 1f 000b 6d61696e74656e616e6365"],
    ["A session of a 3.1.1 client", "auto", "client",
      "10 12 0004 4d515454 04 02 003c 0006 646f6f722d37\n82 0b 0001 0006 68616c6c2f23 01\n32 11 0009 68616c6c2f646f6f72 0002 6f70656e\nc0 00\ne0 00"],
    ["CONNECT of MQTT 3.1", "auto", "client", "10 14 0006 4d5149736470 03 02 003c 0006 646f6f722d37"],
  ],
  "Bad packets": [
    ["A wildcard in a topic name", "5.0", "any", "30 0f 000a 706c616e742f2b2f6b57 00 3432"],
    ["A surrogate in a client identifier", "auto", "client", "10 10 0004 4d515454 05 02 003c 00 0003 eda080"],
    ["A property twice", "5.0", "client", "10 13 0004 4d515454 05 02 003c 06 21 0014 21 000a 0000"],
    ["A topic alias of 0", "5.0", "any", "30 07 0001 61 03 23 0000"],
    ["QoS 3 asked for", "3.1.1", "client", "82 06 0001 0001 61 03"],
    ["Wrong flags of PUBREL", "3.1.1", "any", "60 02 0001"],
    ["A will flag without a will", "auto", "client", "10 0e 0004 4d515454 04 04 003c 0002 6964"],
    ["A remaining length of five bytes", "5.0", "any", "30 80 80 80 80 01"],
    ["A string longer than its packet", "3.1.1", "any", "30 05 0009 686f6c"],
    ["CONNACK from a client, behind a good CONNECT", "auto", "client", "10 0f 0004 4d515454 05 02 003c 00 0002 6964\n20 03 00 00 00"],
    ["A packet that goes on", "5.0", "any", "30 20 0009 68616c6c2f646f6f72 00 6f70"],
  ],
};
