// What the page shows, as JSON that report_model.js reads.
#pragma once

#include <span>
#include <string>

#include "manifest.hpp"
#include "result.hpp"

namespace mqttspan::conformance {

/// One JSON object in one line; texts that many cases share are there once:
///
///     {"verdicts":["fail",…],
///      "statements":[[id,version,area,actor,scope,summary,vectors,v5_reason_code,live_broker,live_client,note],…],   those of the manifest, then any others that cases cite
///      "strings":["…",…],                                                               S below: an index into it
///      "peers":[{"kind":…,"name":…,"target":…,"date":…,
///                "cases":[[id,S check,S title,[statement,…],verdict,S reason,[[at,S connection,from_peer,hex,omitted,S text],…]],…],
///                "alike":[[S check,[statement,…],verdict,count],…]},…]}                 cases of families that are counted only
///
/// A case that cites no statement belongs to the row whose id is "none" and whose version is the case's.
std::string html_data(std::span<const run> runs, const manifest& statements);

}  // namespace mqttspan::conformance
