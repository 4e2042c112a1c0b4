// A .gro file: a title, a count, one atom a line in fixed columns, the box. The number of decimals of the coordinates is
// not stated; it follows from the distance between the decimal points of a line, which is the width of a column.

#include "gro_file.h"

#include <fstream>
#include <sstream>
#include <stdexcept>

namespace
{

constexpr std::size_t nameColumns = 20; // residue number, residue, atom, atom number: five characters each

std::string trimmed(const std::string& text)
{
    const auto first = text.find_first_not_of(' ');
    const auto last  = text.find_last_not_of(' ');
    return first == std::string::npos ? "" : text.substr(first, last - first + 1);
}

class Reader
{
public:
    explicit Reader(const std::string& path) : path_(path), stream_(path)
    {
        if (!stream_) { throw std::runtime_error(path + ": cannot be read"); }
    }

    std::string line()
    {
        std::string text;
        ++number_;
        if (!std::getline(stream_, text)) { fail("the file ends here"); }
        return text;
    }

    [[noreturn]] void fail(const std::string& what) const
    {
        throw std::runtime_error(path_ + ":" + std::to_string(number_) + ": " + what);
    }

    GroAtom atom(const std::string& text) const
    {
        const auto firstDot  = text.find('.', nameColumns);
        const auto secondDot = firstDot == std::string::npos ? firstDot : text.find('.', firstDot + 1);
        if (secondDot == std::string::npos) { fail("expected three coordinates from column 21 on"); }
        const std::size_t width = secondDot - firstDot;
        if (text.size() < nameColumns + 3 * width) { fail("the line ends inside the coordinates"); }

        GroAtom atom;
        atom.residue = trimmed(text.substr(5, 5));
        atom.name    = trimmed(text.substr(10, 5));
        for (std::size_t d = 0; d < 3; ++d)
        {
            const std::string column = text.substr(nameColumns + d * width, width);
            try
            {
                atom.position[d] = std::stod(column);
            }
            catch (const std::logic_error&)
            {
                fail("'" + column + "' is not a coordinate");
            }
        }
        return atom;
    }

private:
    std::string   path_;
    std::ifstream stream_;
    int           number_ = 0;
};

} // namespace

GroFile readGroFile(const std::string& path)
{
    Reader  reader(path);
    GroFile file;
    file.title = reader.line();

    long               count = -1;
    std::istringstream countLine(reader.line());
    if (!(countLine >> count) || count < 1) { reader.fail("expected the number of atoms"); }
    for (long i = 0; i < count; ++i) { file.atoms.push_back(reader.atom(reader.line())); }

    std::istringstream boxLine(reader.line());
    for (double& edge : file.box)
    {
        if (!(boxLine >> edge) || edge <= 0) { reader.fail("expected the three edges of the box"); }
    }
    for (double extra; boxLine >> extra;)
    {
        if (extra != 0) { reader.fail("the box is not rectangular"); }
    }
    return file;
}
