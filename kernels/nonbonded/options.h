// The command line.
#pragma once

#include <stdexcept>
#include <string>
#include <vector>

/// The folder reference/ beside the source; the Makefile writes it down.
extern const char* const referenceFolder;

struct Options
{
    std::string      gro        = "/usr/share/gromacs/top/spc216.gro";
    std::string      reference  = referenceFolder;
    std::vector<int> replicates = { 1, 4 };
    int              repeats    = 1;
    int              threads    = 0; // of the host reference; 0: as many as the machine has
    bool             hostOnly   = false;
    bool             help       = false;
};

/// Thrown for a command line that cannot be understood.
struct UsageError : std::runtime_error
{
    using std::runtime_error::runtime_error;
};

extern const char* const usage;

Options parseOptions(int argc, char** argv);
