#include "samples.hpp"

#include "hex.hpp"

namespace mqttspan::test {
namespace {

constexpr auto v3_1 = protocol_version::v3_1;
constexpr auto v3_1_1 = protocol_version::v3_1_1;
constexpr auto v5 = protocol_version::v5;

}  // namespace

std::string raw(const std::string& hex) { return std::string(as_text(from_hex_dump(hex))); }

const std::vector<sample>& samples() {
  static const std::vector<sample> all = {
      {v3_1, "10 0f 0006 4d5149736470 03 02 003c 0001 61", R"({"type":"connect","version":"3.1","clean_start":true,"keep_alive":60,"client_id":"a"})"},
      {v3_1, "20 02 00 02", R"({"type":"connack","reason_code":133,"return_code":2})"},
      {v3_1, "30 03 0001 ff", R"({"type":"publish","dup":false,"qos":0,"retain":false,"topic":{"hex":"ff"},"payload":{"hex":""}})"},
      {v3_1, "6a 02 0003", R"({"type":"pubrel","dup":true,"packet_id":3})"},
      {v3_1, "62 02 0003", R"({"type":"pubrel","dup":false,"packet_id":3})"},
      {v3_1, "8a 06 0001 0001 61 01",
       R"({"type":"subscribe","dup":true,"packet_id":1,"subscriptions":[{"topic_filter":"a","qos":1}]})"},
      {v3_1, "90 03 0001 02", R"({"type":"suback","packet_id":1,"reason_codes":[2]})"},
      {v3_1, "a2 05 0002 0001 61", R"({"type":"unsubscribe","dup":false,"packet_id":2,"topic_filters":["a"]})"},
      {v3_1, "b0 02 0002", R"({"type":"unsuback","packet_id":2})"},
      {v3_1, "e0 00", R"({"type":"disconnect"})"},

      {v3_1_1, "10 19 0004 4d515454 04 ee 003c 0001 61 0001 74 0001 00 0001 75 0001 70",
       R"({"type":"connect","version":"3.1.1","clean_start":true,"keep_alive":60,"client_id":"a","will":{"topic":"t","payload":{"hex":"00"},"qos":1,"retain":true},"user_name":"u","password":{"hex":"70"}})"},
      {v3_1_1, "10 0c 0004 4d515454 04 02 0000 0000", R"({"type":"connect","version":"3.1.1","clean_start":true,"keep_alive":0,"client_id":""})"},
      {v3_1_1, "20 02 01 00", R"({"type":"connack","session_present":true,"reason_code":0,"return_code":0})"},
      {v3_1_1, "20 02 00 05", R"({"type":"connack","session_present":false,"reason_code":135,"return_code":5})"},
      {v3_1_1, "30 06 0003 612f62 21", R"({"type":"publish","dup":false,"qos":0,"retain":false,"topic":"a/b","payload":{"hex":"21"}})"},
      {v3_1_1, "3d 09 0003 612f62 ffff 6869",
       R"({"type":"publish","dup":true,"qos":2,"retain":true,"topic":"a/b","packet_id":65535,"payload":{"hex":"6869"}})"},
      {v3_1_1, "40 02 0007", R"({"type":"puback","packet_id":7})"},
      {v3_1_1, "50 02 0007", R"({"type":"pubrec","packet_id":7})"},
      {v3_1_1, "62 02 0007", R"({"type":"pubrel","packet_id":7})"},
      {v3_1_1, "70 02 0007", R"({"type":"pubcomp","packet_id":7})"},
      {v3_1_1, "82 0a 0001 0001 61 02 0001 23 00",
       R"({"type":"subscribe","packet_id":1,"subscriptions":[{"topic_filter":"a","qos":2},{"topic_filter":"#","qos":0}]})"},
      {v3_1_1, "90 04 0001 01 80", R"({"type":"suback","packet_id":1,"reason_codes":[1,128]})"},
      {v3_1_1, "a2 09 0002 0001 61 0002 2f2b", R"({"type":"unsubscribe","packet_id":2,"topic_filters":["a","/+"]})"},
      {v3_1_1, "b0 02 0002", R"({"type":"unsuback","packet_id":2})"},
      {v3_1_1, "c0 00", R"({"type":"pingreq"})"},
      {v3_1_1, "d0 00", R"({"type":"pingresp"})"},

      {v5, "10 0d 0004 4d515454 05 00 003c 00 0000",
       R"({"type":"connect","version":"5.0","clean_start":false,"keep_alive":60,"client_id":"","properties":[]})"},
      {v5, "10 30 0004 4d515454 05 02 003c 23 110000000a 210014 2700000100 220005 1901 1700 26 0001 6b 0001 76 15 0001 6d 16 0001 ff 0000",
       R"({"type":"connect","version":"5.0","clean_start":true,"keep_alive":60,"client_id":"","properties":[["session_expiry_interval",10],["receive_maximum",20],["maximum_packet_size",256],["topic_alias_maximum",5],["request_response_information",1],["request_problem_information",0],["user_property",["k","v"]],["authentication_method","m"],["authentication_data",{"hex":"ff"}]]})"},
      {v5, "10 33 0004 4d515454 05 06 003c 00 0000 1e 1800000005 0101 020000003c 03 0001 63 08 0001 72 09 0002 00ff 26 0000 0000 0001 74 0002 6869",
       R"({"type":"connect","version":"5.0","clean_start":true,"keep_alive":60,"client_id":"","will":{"topic":"t","payload":{"hex":"6869"},"qos":0,"retain":false,"properties":[["will_delay_interval",5],["payload_format_indicator",1],["message_expiry_interval",60],["content_type","c"],["response_topic","r"],["correlation_data",{"hex":"00ff"}],["user_property",["",""]]]},"properties":[]})"},
      {v5, "20 03 01 00 00", R"({"type":"connack","session_present":true,"reason_code":0,"properties":[]})"},
      {v5,
       "20 3e 00 00 3b 1100000000 21000a 2401 2500 2700010000 12 0001 63 220000 1f 0001 72 26 0001 61 0001 62 2801 2900 2a01 13001e 1a 0001 69 1c 0001 73 "
       "15 0001 6d 16 0000",
       R"({"type":"connack","session_present":false,"reason_code":0,"properties":[["session_expiry_interval",0],["receive_maximum",10],["maximum_qos",1],["retain_available",0],["maximum_packet_size",65536],["assigned_client_identifier","c"],["topic_alias_maximum",0],["reason_string","r"],["user_property",["a","b"]],["wildcard_subscription_available",1],["subscription_identifier_available",0],["shared_subscription_available",1],["server_keep_alive",30],["response_information","i"],["server_reference","s"],["authentication_method","m"],["authentication_data",{"hex":""}]]})"},
      {v5,
       "3b 37 0003 612f62 0007 2d 0101 020000000a 230005 08 0001 72 09 0001 01 26 0001 6b 0001 76 0b01 0bffffff7f 03 000a 746578742f706c61696e 6869",
       R"({"type":"publish","dup":true,"qos":1,"retain":true,"topic":"a/b","packet_id":7,"payload":{"hex":"6869"},"properties":[["payload_format_indicator",1],["message_expiry_interval",10],["topic_alias",5],["response_topic","r"],["correlation_data",{"hex":"01"}],["user_property",["k","v"]],["subscription_identifier",1],["subscription_identifier",268435455],["content_type","text/plain"]]})"},
      {v5, "40 02 0007", R"({"type":"puback","packet_id":7,"reason_code":0,"properties":[]})"},
      {v5, "40 03 0007 10", R"({"type":"puback","packet_id":7,"reason_code":16,"properties":[]})"},
      {v5, "40 0a 0007 87 06 1f 0003 626164", R"({"type":"puback","packet_id":7,"reason_code":135,"properties":[["reason_string","bad"]]})"},
      {v5, "50 03 0007 97", R"({"type":"pubrec","packet_id":7,"reason_code":151,"properties":[]})"},
      {v5, "62 03 0007 92", R"({"type":"pubrel","packet_id":7,"reason_code":146,"properties":[]})"},
      {v5, "70 02 0007", R"({"type":"pubcomp","packet_id":7,"reason_code":0,"properties":[]})"},
      {v5, "82 0f 000a 02 0b05 0003 612f23 29 0001 2b 06",
       R"({"type":"subscribe","packet_id":10,"subscriptions":[{"topic_filter":"a/#","qos":1,"no_local":false,"retain_as_published":true,"retain_handling":2},{"topic_filter":"+","qos":2,"no_local":true,"retain_as_published":false,"retain_handling":0}],"properties":[["subscription_identifier",5]]})"},
      {v5, "90 05 000a 00 01 80", R"({"type":"suback","packet_id":10,"reason_codes":[1,128],"properties":[]})"},
      {v5, "a2 06 000b 00 0001 61", R"({"type":"unsubscribe","packet_id":11,"topic_filters":["a"],"properties":[]})"},
      {v5, "b0 05 000b 00 00 11", R"({"type":"unsuback","packet_id":11,"reason_codes":[0,17],"properties":[]})"},
      {v5, "c0 00", R"({"type":"pingreq"})"},
      {v5, "d0 00", R"({"type":"pingresp"})"},
      {v5, "e0 00", R"({"type":"disconnect","reason_code":0,"properties":[]})"},
      {v5, "e0 01 04", R"({"type":"disconnect","reason_code":4,"properties":[]})"},
      {v5, "e0 06 9d 04 1c 0001 73", R"({"type":"disconnect","reason_code":157,"properties":[["server_reference","s"]]})"},
      {v5, "f0 00", R"({"type":"auth","reason_code":0,"properties":[]})"},
      {v5, "f0 0a 18 08 15 0001 6d 16 0001 01",
       R"({"type":"auth","reason_code":24,"properties":[["authentication_method","m"],["authentication_data",{"hex":"01"}]]})"},
  };
  return all;
}

const std::vector<sample>& odd_samples() {
  static const std::vector<sample> all = {
      {v3_1, "10 0f 0006 4d5149736470 03 c2 003c 0001 61", "user name and password announced and left out"},
      {v3_1, "20 02 ff 00", "unused bits"},
      {v3_1_1, "30 86 00 0003 612f62 21", "remaining length in two bytes"},
      {v3_1_1, "10 0f 0006 4d5149736470 09 02 003c 0001 61", "level unknown"},
      {v3_1_1, "00 00", "type 0"},
      {v3_1_1, "36 04 0001 61 00", "QoS 3"},
      {v3_1_1, "30 07 ffff 4142434445", "topic length past the packet"},
      {v3_1_1, "82 05 0001 0001 61", "no options"},
      {v3_1_1, "30 ff ff ff ff 7f", "length of five bytes"},
      {v3_1_1, "c0 02 0000", "PINGREQ with a body"},
      {v5, "40 04 0007 00 00", "PUBACK spelled out"},
      {v5, "82 12 0001 00 000c 247368617265 2f 67 2f 612f23 00", "shared subscription"},
      {v5, "90 04 0001 7f 00", "property length past the packet"},
      {v5, "30 09 0001 61 05 99 00000000", "property unknown"},
      {v5, "30 07 0001 61 03 26 0009", "user property cut"},
      {v5, "30 06 0001 61 02 2300", "topic alias cut by the property length"},
      {v5, "30 07 0001 61 03 230000", "topic alias 0"},
      {v5, "30 08 0001 61 ffffffff 01", "property length of five bytes"},
      {v5, "20 01 00", "CONNACK cut"},
      {v5, "f0 01 00", "AUTH without properties"},
  };
  return all;
}

}  // namespace mqttspan::test
