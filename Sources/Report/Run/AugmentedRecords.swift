import Foundation
import Records
import Stages

/// Samples of records that augmenters derived, beside those they were derived from.
struct AugmentedRecords {
  /// A derived record and its parent.
  struct Sample {
    let id: String
    let text: String
    let parent: String
    var parentText: String?
  }

  /// The samples of one augmenter.
  struct Maker {
    let stage: String
    fileprivate(set) var samples: [Sample] = []
  }

  private(set) var makers: [Maker] = []

  private static let shown = 4
  private static let drawn = 400
  private static let limit = 256 << 20

  /// Reads the training side, where alone derived records are; nil where there are none.
  static func read(from folder: RunFolder) -> AugmentedRecords? {
    guard var lines = try? LineCursor(folder.at("data/train.jsonl").path) else { return nil }
    var found = AugmentedRecords()
    var (bytes, count) = (0, 0)
    while bytes < limit, count < drawn, let line = try? lines.next() {
      bytes += line.count
      guard line.holds(#""augmented_by""#), let record = try? Record(json: line),
        let stage = record.augmentedBy, let parent = record.parent
      else { continue }
      count += 1
      found.add(
        Sample(id: record.id, text: record.shown, parent: parent), of: stage)
    }
    guard !found.makers.isEmpty else { return nil }
    found.lookUpParents(in: folder)
    return found
  }

  private mutating func add(_ sample: Sample, of stage: String) {
    let place = makers.firstIndex { $0.stage == stage }
    let index = place ?? makers.endIndex
    if place == nil { makers.append(Maker(stage: stage)) }
    let hash = StableHash.hash(sample.id)
    let rank = makers[index].samples.firstIndex { StableHash.hash($0.id) > hash }
    makers[index].samples.insert(sample, at: rank ?? makers[index].samples.endIndex)
    if makers[index].samples.count > Self.shown { makers[index].samples.removeLast() }
  }

  private mutating func lookUpParents(in folder: RunFolder) {
    let parents = Set(makers.flatMap { $0.samples.map(\.parent) })
    let texts = StageOutputs(folder: folder).finished(parents, sides: ["train"])
    for maker in makers.indices {
      for index in makers[maker].samples.indices {
        makers[maker].samples[index].parentText = texts[makers[maker].samples[index].parent]
      }
    }
  }
}

extension AugmentedRecords.Maker {
  fileprivate init(stage: String) { self.stage = stage }
}
