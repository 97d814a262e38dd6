#include <cstdio>

#include <telegram/telegram.hpp>

int main(int, char** argv) { std::puts(telegram::post(argv[1], "hall/telegram", "arriving Monday").c_str()); }
