#pragma once

#include <dtrace/core/error.hpp>
#include <dtrace/model/assignment.hpp>

#include <filesystem>
#include <optional>
#include <string>

namespace dtrace::probe {

/// The assignment last received, on disk, so that a probe that starts while its master is away
/// goes on measuring. One-off work is left out: it has its time. Holds no secret.
class AssignmentFile {
  public:
    /// What another master said, or said to another probe, is none of ours.
    AssignmentFile(std::filesystem::path file, std::string master, std::string probe);

    /// None: nothing is kept for this probe and master. The error says what is wrong with the file.
    [[nodiscard]] Result<std::optional<Assignment>> read() const;

    /// Takes the place of what was there as a whole, or not at all, also when the power fails; is
    /// on disk when this returns. Blocks.
    [[nodiscard]] Result<void> write(Assignment assignment) const;

    [[nodiscard]] std::filesystem::path const& path() const { return file_; }

  private:
    std::filesystem::path file_;
    std::string master_;
    std::string probe_;
};

}  // namespace dtrace::probe
