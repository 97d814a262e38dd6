#include "target.hpp"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <thread>
#include <vector>

#include "wire.hpp"

namespace mqttspan::fuzz {
namespace {

constexpr std::int64_t interval = 20;
constexpr std::string_view telling[] = {"ERROR: AddressSanitizer", "ERROR: LeakSanitizer", "WARNING: ThreadSanitizer", "WARNING: MemorySanitizer", "runtime error:", "Assertion",
                                        "assertion failed", "panicked at", "terminate called", "stack smashing", "double free", "corrupted"};

// "0x7ffe…" and "==1234==" differ from run to run.
std::string without_numbers_of_the_run(std::string line) {
  if (const std::size_t at = line.find("=="); at == 0) line.erase(0, line.find("==", 2) + 2);
  for (std::size_t at = 0; (at = line.find("0x", at)) != std::string::npos;) {
    const std::size_t end = line.find_first_not_of("0123456789abcdef", at + 2);
    line.replace(at, end - at, "0x…");
    at += 2;
  }
  line.resize(std::min<std::size_t>(line.size(), 200));
  return line;
}

void add_with_children(pid_t process, std::vector<pid_t>& all) {
  all.push_back(process);
  std::ifstream children("/proc/" + std::to_string(process) + "/task/" + std::to_string(process) + "/children");
  for (pid_t child = 0; children >> child;) add_with_children(child, all);
}

std::size_t resident_pages(pid_t process) {
  std::ifstream file("/proc/" + std::to_string(process) + "/statm");
  std::size_t size = 0, resident = 0;
  file >> size >> resident;
  return resident;
}

}  // namespace

witness::witness(posix::loop& loop, const party_options& how, protocol_version version) : loop_(loop), how_(how), version_(version) {
  changed_ = [this] { on_change(); };
}

witness::~witness() { loop_.forget(*this); }

void witness::connect() {
  using namespace conformance;
  party_ = std::make_unique<party>(loop_, how_, version_, changed_);
  wire::connect_parts parts = wire::parts_of(version_);
  parts.payload = wire::text("mqttspanwitness");
  party_->send(wire::connect_packet(parts, version_));
  party_->ping();
  slowest_ = 0;
  asked_ = loop_.now();
  ++times_asked_;
  answered_.reset();
  loop_.wake_at(*this, loop_.now() + interval);
}

void witness::on_time() {
  loop_.wake_at(*this, loop_.now() + interval);
  ask();
}

void witness::ask() {
  if (party_->has_ended() || asked_) return;
  asked_ = loop_.now();
  ++times_asked_;
  party_->ping();
}

void witness::on_change() {
  if (!asked_ || !party_->is_answered()) return;
  slowest_ = std::max(slowest_ * 9 / 10, loop_.now() - *asked_);
  answered_ = asked_;
  times_answered_ = times_asked_;
  asked_.reset();
}

target::target(posix::socket_address at, const std::string& command) : at_(at) {
  if (command.empty()) return;
  log_ = temporary_file();
  process_ = std::make_unique<conformance::broker_process>(command, at, log_);
}

target::~target() {
  process_.reset();
  if (!log_.empty()) ::unlink(log_.c_str());
}

bool target::start(bool is_stuck) {
  read_ = 0;
  if (process_ && is_stuck) process_->kill();
  if (process_) return process_->start();
  using namespace std::chrono_literals;
  for (const auto until = std::chrono::steady_clock::now() + 5s; std::chrono::steady_clock::now() < until; std::this_thread::sleep_for(20ms))
    if (is_reachable()) return true;
  return false;
}

bool target::is_reachable() const { return conformance::is_reachable(at_); }

std::string target::how_it_ended() {
  const auto status = process_ ? process_->status() : std::nullopt;
  if (!status) return {};
  const std::string complaint = complaint_in(text_of_file(log_, 0));
  return conformance::how_it_ended(*status) + (complaint.empty() ? "" : ": " + complaint);
}

std::string target::new_complaint() {
  if (log_.empty()) return {};
  const std::string text = text_of_file(log_, read_);
  const std::size_t whole = text.rfind('\n') + 1;  // the last line may be under way
  read_ += whole;
  return complaint_in(text.substr(0, whole));
}

std::string target::last_words() const {
  if (log_.empty()) return {};
  const std::string text = text_of_file(log_, 0);
  return text.substr(text.size() - std::min<std::size_t>(text.size(), 4000));
}

std::size_t target::resident() const {
  if (!process_ || process_->group() <= 0) return 0;
  std::vector<pid_t> all;
  add_with_children(process_->group(), all);
  std::size_t pages = 0;
  for (const pid_t each : all) pages += resident_pages(each);
  return pages * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE)) / 1024;
}

std::string text_of_file(const std::string& path, std::size_t from) {
  std::ifstream file(path, std::ios::binary);
  file.seekg(static_cast<std::streamoff>(from));
  return {std::istreambuf_iterator<char>(file), {}};
}

std::string temporary_file() {
  const char* const folder = std::getenv("TMPDIR");
  std::string path = std::string(folder ? folder : "/tmp") + "/mqttspan-fuzz-XXXXXX";
  const int fd = ::mkstemp(path.data());
  if (fd >= 0) ::close(fd);
  return path;
}

std::string complaint_in(const std::string& text) {
  std::size_t first = std::string::npos;
  for (const std::string_view each : telling) first = std::min(first, text.find(each));
  if (first == std::string::npos) return {};
  const std::size_t begin = text.rfind('\n', first) + 1;
  return without_numbers_of_the_run(text.substr(begin, text.find('\n', first) - begin));
}

}  // namespace mqttspan::fuzz
