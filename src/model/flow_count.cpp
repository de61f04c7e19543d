#include <dtrace/model/flow_count.hpp>

#include <charconv>

namespace dtrace {

std::string TextForm<FlowCount>::write(FlowCount const& count) {
    return count.automatic ? "auto" : std::to_string(count.fixed);
}

Result<FlowCount> TextForm<FlowCount>::read(std::string_view text) {
    if (text == "auto") return FlowCount::make_automatic();
    std::uint16_t number = 0;
    auto const* const end = text.data() + text.size();
    auto const [stop, failed] = std::from_chars(text.data(), end, number);
    if (failed == std::errc{} && stop == end && number >= 1 && number <= max_flows)
        return FlowCount(number);
    return make_error(boost::system::errc::invalid_argument, "must be 1 to 256, or auto");
}

}  // namespace dtrace
