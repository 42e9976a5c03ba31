import Foundation
import Models
import Tensors
import Testing

/// Adapters drawn at random by `Scripts/models_draw_adapters.py`, against what their libraries compute; they
/// run where `ANNEAL_DRAWN_ADAPTERS` names the folder that was written.
@Suite(
  .enabled(
    if: DrawnAdapter.root != nil,
    "needs ANNEAL_DRAWN_ADAPTERS, a folder that Scripts/models_draw_adapters.py wrote"))
struct DrawnAdapterTests {
  @Test(arguments: DrawnAdapter.all)
  func `a drawn adapter is computed as its library does, or refused with file and reason`(
    folder: String
  ) throws {
    try Engine.$precision.withValue(.fp32) {
      let drawn: DrawnAdapter
      do { drawn = try DrawnAdapter(folder) } catch let error as ModelError {
        #expect(error.code == .unsupported && error.file.hasPrefix(folder), "\(error)")
        print("refused: \(folder.split(separator: "/").last ?? ""): \(error.problem)")
        return
      }
      try drawn.checkLogits("as read")
      try drawn.checkMerging()
      try drawn.checkSaving()
      try drawn.checkTraining()
    }
  }

  @Test func `the folder that is named holds cases`() { #expect(!DrawnAdapter.all.isEmpty) }
}
