// What a program prints, caught and compared: stdout goes to a temporary file between `start` and `text`.
#pragma once

#include <unistd.h>

#include <cstdio>
#include <string>

class CapturedOutput
{
public:
    /// Everything printed from now on goes to the file.
    void start()
    {
        std::fflush(stdout);
        file_  = std::tmpfile();
        saved_ = dup(1);
        dup2(fileno(file_), 1);
    }

    /// Ends the capture; what was printed since `start`.
    std::string text()
    {
        std::fflush(stdout);
        dup2(saved_, 1);
        close(saved_);
        std::string out;
        std::rewind(file_);
        for (int c = std::fgetc(file_); c != EOF; c = std::fgetc(file_)) { out += static_cast<char>(c); }
        std::fclose(file_);
        return out;
    }

private:
    std::FILE* file_  = nullptr;
    int        saved_ = -1;
};
