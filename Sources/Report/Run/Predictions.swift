import Evaluate
import Foundation
import Records
import Stages

/// `predictions.jsonl`: the records a reader should look at, how far confidence can be trusted, and
/// which kinds of records fare better than others.
struct Predictions {
  /// What was predicted of each record.
  enum Kind {
    /// Its class.
    case classes
    /// A text, scored against a reference.
    case texts
    /// Its tokens one by one, told by their loss.
    case passages
  }

  /// What the first usable line holds.
  private(set) var kind: Kind?
  private(set) var count = 0
  private(set) var mistakeCount = 0
  /// Lines that could not be used, and the number of the first of them.
  private(set) var broken: (count: Int, firstLine: Int)?
  private(set) var calibration = Calibration(bins: 10)
  private(set) var slices = Slices()
  /// The score that texts are ranked by, and whether lower is better.
  private(set) var ranking: (name: String, isLowerBetter: Bool)?

  private var worst = Shelf(perLabel: 6, limit: 40)
  private var unsure = Shelf(perLabel: 3, limit: 16)
  private var best = Shelf(perLabel: 3, limit: 16)

  /// Examples in groups, the most telling group first; those without any are left out.
  var shelves: [(shelf: ExampleShelf, examples: [Example])] {
    let all: [(ExampleShelf, [Example])] =
      switch kind {
      case .classes:
        [(.wrong, worst.examples), (.unsure, unsure.examples), (.right, best.examples)]
      case .texts: [(.worst, worst.examples), (.best, best.examples)]
      case .passages: [(.hardest, worst.examples), (.easiest, best.examples)]
      case nil: []
      }
    return all.filter { !$0.1.isEmpty }.map { (shelf: $0.0, examples: $0.1) }
  }

  /// Reads the file line by line.
  static func read(from folder: RunFolder, file: String) -> Part<Predictions> {
    guard folder.has(file) else { return .missing }
    guard var lines = try? LineCursor(folder.at(file).path) else {
      return .broken("cannot be read")
    }
    var predictions = Predictions()
    var number = 0
    do {
      while let line = try lines.next() {
        number += 1
        if line.allSatisfy({ $0 == 0x20 || $0 == 0x0D }) { continue }
        predictions.add(line, number: number)
      }
    } catch {
      return .broken("cannot be read past line \(number)")
    }
    return .present(predictions)
  }

  private mutating func add(_ line: ArraySlice<UInt8>, number: Int) {
    guard let json = try? JSONValue.parse(line), json.object != nil,
      let example = Example(json), kind == nil || kind == example.kind
    else {
      broken = (1 + (broken?.count ?? 0), broken?.firstLine ?? number)
      return
    }
    kind = example.kind
    count += 1
    switch example.outcome {
    case .label: add(label: example)
    case .text: add(text: example)
    case .passage(let meanLoss, let tokens): add(passage: example, meanLoss, tokens)
    }
  }

  private mutating func add(label example: Example) {
    let isRight = example.isRight
    if let confidence = example.confidence {
      calibration.add(confidence: confidence, isRight: isRight)
      unsure.insert(example, rank: -confidence)
    }
    if isRight {
      best.insert(example, rank: example.confidence ?? 0)
    } else {
      mistakeCount += 1
      worst.insert(example, rank: example.confidence ?? 0)
    }
    slices.add(example, sum: isRight ? 1 : 0, weight: 1, label: example.reference)
  }

  private mutating func add(text example: Example) {
    let name = ranking?.name ?? Example.mostTelling(of: example.scores.map(\.name))
    guard let name, let value = example.scores.first(where: { $0.name == name })?.value else {
      return
    }
    let isLowerBetter = Example.direction(of: name) == .lower
    ranking = (name, isLowerBetter)
    worst.insert(example, rank: isLowerBetter ? value : -value)
    best.insert(example, rank: isLowerBetter ? -value : value)
    slices.add(example, sum: value, weight: 1, label: nil)
  }

  private mutating func add(passage example: Example, _ meanLoss: Double, _ tokens: Int) {
    worst.insert(example, rank: meanLoss)
    best.insert(example, rank: -meanLoss)
    slices.add(example, sum: meanLoss * Double(tokens), weight: Double(tokens), label: nil)
  }
}

/// A group of examples.
enum ExampleShelf: String {
  case wrong, unsure, right, worst, best, hardest, easiest
}

/// The examples of highest rank, some of every class so that none crowds out the others.
private struct Shelf {
  let perLabel: Int
  let limit: Int
  private var rankings: [String: Ranking<(example: Example, rank: Double)>] = [:]
  /// Names beyond so many are kept together: they are too many to be classes.
  private static let mostLabels = 200
  /// How many examples without classes are kept.
  private static let unlabelled = 16

  init(perLabel: Int, limit: Int) {
    self.perLabel = perLabel
    self.limit = limit
  }

  var examples: [Example] {
    var all = Ranking<Example>(limit: limit)
    for (_, ranking) in rankings.sorted(by: { $0.key < $1.key }) {
      for item in ranking.items { all.insert(item.example, rank: item.rank) }
    }
    return all.items
  }

  mutating func insert(_ example: Example, rank: Double) {
    let isClass = example.kind == .classes
    let isKnown = rankings[example.reference] != nil || rankings.count < Self.mostLabels
    let label = isClass && isKnown ? example.reference : ""
    rankings[label, default: Ranking(limit: isClass ? perLabel : Self.unlabelled)]
      .insert((example, rank), rank: rank)
  }
}
