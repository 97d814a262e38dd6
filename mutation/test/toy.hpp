#pragma once
int clamp(int value, int least, int most);
bool is_word(const char* text, int size);
