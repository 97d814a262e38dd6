// Eclipse Paho's C client (MQTTClient, with a thread of its own) as a client of the broadcast server: a line a cell, until something is wrong.
// usage: paho CERTIFICATES FOLDER TCP TLS WS WSS
//        paho lost URI VERSION TOPIC CERTIFICATES     connects with a will, says "here", and waits to be killed
#include <MQTTClient.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace {

struct heard {
  std::string payload;
  int qos = 0;
  int retained = 0;
  friend bool operator==(const heard&, const heard&) = default;
};

[[noreturn]] void fail(const std::string& why) {
  std::fprintf(stderr, "%s\n", why.c_str());
  std::exit(1);
}

struct settings {
  std::string uri, certificates, topic;
  int version = 0;
};

class party {
 public:
  party(const settings& s, const char* name, const char* last = nullptr) : of_(s) {
    MQTTClient_createOptions create = MQTTClient_createOptions_initializer;
    create.MQTTVersion = s.version;
    must(MQTTClient_createWithOptions(&client_, s.uri.c_str(), name, MQTTCLIENT_PERSISTENCE_NONE, nullptr, &create), "create");
    must(MQTTClient_setCallbacks(client_, this, nullptr, &party::arrived, nullptr), "set callbacks");
    connect(last);
  }
  ~party() { MQTTClient_destroy(&client_); }
  party(const party&) = delete;
  party& operator=(const party&) = delete;

  void hear() {
    if (of_.version == MQTTVERSION_5) must(MQTTClient_subscribe5(client_, of_.topic.c_str(), 2, nullptr, nullptr).reasonCode - 2, "subscribe");
    else must(MQTTClient_subscribe(client_, of_.topic.c_str(), 2), "subscribe");
  }
  void say(const heard& what) {
    const int size = static_cast<int>(what.payload.size());
    if (of_.version == MQTTVERSION_5) must(MQTTClient_publish5(client_, of_.topic.c_str(), size, what.payload.data(), what.qos, what.retained, nullptr, nullptr).reasonCode, "publish");
    else must(MQTTClient_publish(client_, of_.topic.c_str(), size, what.payload.data(), what.qos, what.retained, nullptr), "publish");
  }
  void leave() {
    if (of_.version == MQTTVERSION_5) must(MQTTClient_disconnect5(client_, 1000, MQTTREASONCODE_SUCCESS, nullptr), "disconnect");
    else must(MQTTClient_disconnect(client_, 1000), "disconnect");
  }

  // The first so many messages, and no more of them are kept.
  std::vector<heard> take(std::size_t count) {
    std::unique_lock lock(mutex_);
    if (!came_.wait_for(lock, std::chrono::seconds(30), [&] { return messages_.size() >= count; })) fail(of_.topic + ": messages are missing");
    return std::exchange(messages_, {});
  }

 private:
  void must(int status, const char* what) const {
    if (status != 0) fail(of_.topic + ": " + what + ": " + std::to_string(status));
  }

  void connect(const char* last) {
    const bool is_5 = of_.version == MQTTVERSION_5;
    MQTTClient_connectOptions options = MQTTClient_connectOptions_initializer, options_5 = MQTTClient_connectOptions_initializer5;
    MQTTClient_connectOptions& use = is_5 ? options_5 : options;
    MQTTClient_SSLOptions ssl = MQTTClient_SSLOptions_initializer;
    const std::string ca = of_.certificates + "/ca.pem";
    ssl.trustStore = ca.c_str();
    ssl.verify = 1;
    MQTTClient_willOptions will = MQTTClient_willOptions_initializer;
    will.topicName = of_.topic.c_str();
    will.message = last;
    will.qos = 1;
    will.retained = 1;
    use.MQTTVersion = of_.version;
    use.ssl = &ssl;
    if (last) use.will = &will;
    use.reliable = 0;  // more than one in flight
    use.maxInflightMessages = 100;
    if (is_5) {
      const MQTTResponse r = MQTTClient_connect5(client_, &use, nullptr, nullptr);
      must(r.reasonCode, "connect");
      MQTTResponse_free(r);
    } else {
      must(MQTTClient_connect(client_, &use), "connect");
    }
  }

  static int arrived(void* self, char* topic, int, MQTTClient_message* m) {
    auto& me = *static_cast<party*>(self);
    {
      const std::lock_guard lock(me.mutex_);
      me.messages_.push_back({{static_cast<const char*>(m->payload), static_cast<std::size_t>(m->payloadlen)}, m->qos, m->retained});
    }
    me.came_.notify_one();
    MQTTClient_freeMessage(&m);
    MQTTClient_free(topic);
    return 1;
  }

  settings of_;
  MQTTClient client_ = nullptr;
  std::mutex mutex_;
  std::condition_variable came_;
  std::vector<heard> messages_;
};

// A packet that takes several WebSocket messages is one that Paho 1.3.12 does not put together.
bool knows_large_packets(const settings& s) { return !s.uri.starts_with("ws"); }

// Another process, so that it can be killed. Returns when it has connected and is gone.
void lose_one(const settings& s) {
  int said[2];
  if (::pipe(said) != 0) fail("pipe");
  const std::string version = std::to_string(s.version);
  const pid_t child = ::fork();
  if (child == 0) {
    ::dup2(said[1], STDOUT_FILENO);
    ::execl("/proc/self/exe", "paho", "lost", s.uri.c_str(), version.c_str(), s.topic.c_str(), s.certificates.c_str(), static_cast<char*>(nullptr));
    std::_Exit(127);
  }
  char byte = 0;
  ::close(said[1]);
  if (::read(said[0], &byte, 1) != 1) fail("the one with the will has not connected");
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  ::close(said[0]);
}

void ten_thousand(const settings& s, party& listener, party& speaker) {
  constexpr std::size_t count = 10'000;
  for (std::size_t i = 0; i < count; ++i) speaker.say({std::to_string(i), 0, 0});  // its acknowledgements would wait for Nagle
  const std::vector<heard> came = listener.take(count);
  for (std::size_t i = 0; i < came.size(); ++i)
    if (came.size() != count || came[i].payload != std::to_string(i)) fail(s.topic + ": not in order");
}

void sixteen_mib(const settings& s, party& listener, party& speaker) {
  heard large{std::string(16u << 20, ' '), 1, 0};
  for (std::size_t i = 0; i < large.payload.size(); ++i) large.payload[i] = static_cast<char>(i * 40503 >> 7);
  speaker.say(large);
  if (listener.take(1) != std::vector{large}) fail(s.topic + ": the large payload came otherwise");
}

void play(const settings& s) {
  party listener(s, "listener"), speaker(s, "speaker");
  listener.hear();
  for (int qos = 0; qos < 3; ++qos)
    for (int retained = 0; retained < 2; ++retained) {
      const heard what{std::string("payload \0", 9) + std::to_string(qos), qos, retained};
      speaker.say(what);
      if (listener.take(1) != std::vector{what}) fail(s.topic + ": QoS " + std::to_string(qos) + " came otherwise");
    }

  lose_one(s);
  if (listener.take(1) != std::vector<heard>{{"lost", 1, 1}}) fail(s.topic + ": the will came otherwise");

  if (knows_large_packets(s)) sixteen_mib(s, listener, speaker);
  ten_thousand(s, listener, speaker);
  speaker.leave();
  listener.leave();
}

}  // namespace

int main(int argc, char** argv) {
  MQTTClient_init_options init = MQTTClient_init_options_initializer;
  init.do_openssl_init = 1;
  MQTTClient_global_init(&init);
  if (argc == 6 && std::strcmp(argv[1], "lost") == 0) {
    const party lost({argv[2], argv[5], argv[4], std::atoi(argv[3])}, "lost", "lost");
    std::puts("here");
    std::fflush(stdout);
    return ::pause();
  }
  constexpr struct { const char* name; const char* scheme; } carriers[] = {{"tcp", "tcp"}, {"tls", "ssl"}, {"ws", "ws"}, {"wss", "wss"}};
  constexpr struct { const char* name; int number; } versions[] = {{"3.1", MQTTVERSION_3_1}, {"3.1.1", MQTTVERSION_3_1_1}, {"5.0", MQTTVERSION_5}};
  for (int i = 0; i < 4; ++i)
    for (const auto& version : versions) {
      const std::string path = i < 2 ? "" : "/mqtt";
      play({std::string(carriers[i].scheme) + "://127.0.0.1:" + argv[3 + i] + path, argv[1], std::string(carriers[i].name) + "/" + version.name, version.number});
      std::printf("%s %s %s\n", carriers[i].name, version.name, i < 2 ? "ok" : "not large");
      std::fflush(stdout);
    }
}
