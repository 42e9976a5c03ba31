import Records
import Stages

/// Samples of records that augmenters derived, beside those they were derived from.
struct AugmentedRecords {
  /// A derived record and its parent.
  struct Sample {
    let id: String
    let parent: String
    fileprivate(set) var text = ""
    fileprivate(set) var parentText: String?
  }

  /// The samples of one augmenter.
  struct Maker {
    let stage: String
    fileprivate(set) var samples: [Sample] = []
    fileprivate var drawn = Ranking<Sample>(limit: 4)

    fileprivate init(stage: String) { self.stage = stage }
  }

  private(set) var makers: [Maker] = []
  /// How much of the training side was read, where that is not all of it.
  private(set) var bound: Int?

  /// Reads the training side, where alone derived records are; nil where there are none.
  static func read(from folder: RunFolder, upTo bound: Int) -> AugmentedRecords? {
    var found = AugmentedRecords()
    var bytes = 0
    // A file that is missing or damaged in part shows what was found before.
    try? folder.records("data/train.jsonl").forEachStoredBatch {
      (size: $0.size, record: try $0.provenance())
    } _: { batch in
      for (size, record) in batch {
        guard bytes < bound else {
          found.bound = bound
          throw StageOutputs.Enough()
        }
        bytes += size
        if let stage = record.augmentedBy, let parent = record.parent {
          found.add(Sample(id: record.id, parent: parent), of: stage)
        }
      }
    }
    guard !found.makers.isEmpty else { return nil }
    found.lookUp(in: folder)
    return found
  }

  private mutating func add(_ sample: Sample, of stage: String) {
    let place = makers.firstIndex { $0.stage == stage } ?? makers.endIndex
    if place == makers.endIndex { makers.append(Maker(stage: stage)) }
    makers[place].drawn.draw(sample, by: sample.id)
  }

  private mutating func lookUp(in folder: RunFolder) {
    let ids = Set(makers.flatMap { $0.drawn.items.flatMap { [$0.id, $0.parent] } })
    let texts = StageOutputs(folder: folder).finished(ids, sides: ["train"])
    for place in makers.indices {
      makers[place].samples = makers[place].drawn.items.compactMap { drawn in
        guard let text = texts[drawn.id] else { return nil }
        return Sample(
          id: drawn.id, parent: drawn.parent, text: text, parentText: texts[drawn.parent])
      }
    }
  }
}
