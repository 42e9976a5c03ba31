import Evaluate
import Records

/// `predictions.jsonl`: the records a reader should look at, and how far confidence can be trusted.
struct Predictions {
  /// A record that was classified wrongly.
  struct Mistake {
    let id: String
    let input: String
    let reference: String
    let prediction: String
    /// The score of the prediction; nil when the line has no scores.
    let confidence: Double?
    /// The score of the true class.
    let referenceScore: Double?
  }

  /// A record whose tokens were predicted.
  struct Passage {
    let id: String
    let input: String
    let reference: String
    /// Mean loss a token, in nats.
    let meanLoss: Double
    let tokens: Int
  }

  private(set) var count = 0
  private(set) var mistakeCount = 0
  /// Lines that could not be used, and the number of the first of them.
  private(set) var broken: (count: Int, firstLine: Int)?
  private(set) var calibration = Calibration(bins: 10)
  private var worst = Ranking<Mistake>(limit: 12)
  private var hardest = Ranking<Passage>(limit: 8)

  /// The most confident mistakes, the worst first.
  var mistakes: [Mistake] { worst.items }

  /// The passages with the highest loss a token, the worst first.
  var passages: [Passage] { hardest.items }

  /// Reads the file line by line.
  static func read(from folder: RunFolder, file: String) -> Part<Predictions> {
    guard folder.has(file) else { return .missing }
    guard var lines = LineReader(file: folder.at(file)) else { return .broken("cannot be read") }
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

  private mutating func add(_ line: [UInt8], number: Int) {
    guard let json = try? JSONValue.parse(line), json.object != nil, add(json) else {
      broken = (1 + (broken?.count ?? 0), broken?.firstLine ?? number)
      return
    }
    count += 1
  }

  /// Takes one line in; false when it has neither a prediction nor a loss.
  private mutating func add(_ json: JSONValue) -> Bool {
    if let prediction = json["prediction"] {
      add(prediction: Self.text(prediction), json)
      return true
    }
    guard let loss = json["loss"]?.double, let tokens = json["tokens"]?.count, tokens > 0
    else { return false }
    let passage = Passage(
      id: Self.text(json["id"]), input: Self.text(json["input"]),
      reference: Self.text(json["reference"]), meanLoss: loss / Double(tokens), tokens: tokens)
    hardest.insert(passage, rank: passage.meanLoss)
    return true
  }

  private mutating func add(prediction: String, _ json: JSONValue) {
    let reference = Self.text(json["reference"])
    let confidence = json["scores"]?[prediction]?.double
    let isRight = prediction.utf8.elementsEqual(reference.utf8)
    if let confidence { calibration.add(confidence: confidence, isRight: isRight) }
    guard !isRight else { return }
    mistakeCount += 1
    let mistake = Mistake(
      id: Self.text(json["id"]), input: Self.text(json["input"]), reference: reference,
      prediction: prediction, confidence: confidence,
      referenceScore: json["scores"]?[reference]?.double)
    worst.insert(mistake, rank: confidence ?? 0)
  }

  /// A value as text: a string itself, anything else as JSON.
  private static func text(_ json: JSONValue?) -> String {
    json.map { $0.string ?? $0.text } ?? ""
  }
}

/// The items of highest rank, highest first; of equal ones the first seen come first.
struct Ranking<Item> {
  let limit: Int
  private var ranked: [(item: Item, rank: Double)] = []

  init(limit: Int) { self.limit = limit }

  var items: [Item] { ranked.map(\.item) }

  /// Keeps an item if its rank is among the highest so far; an item without a rank is not kept.
  mutating func insert(_ item: Item, rank: Double) {
    guard !rank.isNaN else { return }
    if ranked.count == limit, let last = ranked.last, rank <= last.rank { return }
    let place = ranked.firstIndex { $0.rank < rank } ?? ranked.count
    ranked.insert((item, rank), at: place)
    if ranked.count > limit { ranked.removeLast() }
  }
}
