// Every option but the switches takes one value, as the next argument.

#include "options.h"

#include <algorithm>
#include <thread>

const char* const usage =
        "usage: nonbonded [options]\n"
        "  --gro FILE        waters to read                        (spc216.gro of gromacs-data)\n"
        "  --replicate N     N x N x N copies of them; may repeat  (1 and 4)\n"
        "  --reference DIR   what GROMACS computed                 (reference/ beside the source)\n"
        "  --repeat K        runs of each kernel; the fastest counts   (1)\n"
        "  --threads T       threads of the host reference         (all)\n"
        "  --host-only       compare the host reference with GROMACS's numbers, without a device\n";

namespace
{

int positiveNumber(const std::string& option, const std::string& text)
{
    std::size_t used  = 0;
    int         value = 0;
    try
    {
        value = std::stoi(text, &used);
    }
    catch (const std::logic_error&)
    {
        used = 0;
    }
    if (used == 0 || used != text.size() || value < 1)
    {
        throw UsageError(option + ": expected a positive number, found '" + text + "'");
    }
    return value;
}

} // namespace

Options parseOptions(int argc, char** argv)
{
    Options          options;
    std::vector<int> replicates;
    for (int i = 1; i < argc; ++i)
    {
        const std::string option = argv[i];
        const auto        value  = [&]() -> std::string
        {
            if (i + 1 >= argc) { throw UsageError(option + ": expected a value"); }
            return argv[++i];
        };
        if (option == "--gro") { options.gro = value(); }
        else if (option == "--reference") { options.reference = value(); }
        else if (option == "--replicate") { replicates.push_back(positiveNumber(option, value())); }
        else if (option == "--repeat") { options.repeats = positiveNumber(option, value()); }
        else if (option == "--threads") { options.threads = positiveNumber(option, value()); }
        else if (option == "--host-only") { options.hostOnly = true; }
        else if (option == "--help") { options.help = true; }
        else { throw UsageError("unknown option '" + option + "'"); }
    }
    if (!replicates.empty()) { options.replicates = replicates; }
    if (options.threads == 0) { options.threads = static_cast<int>(std::max(1U, std::thread::hardware_concurrency())); }
    return options;
}
