import Foundation
import Records
import Stages

/// Samples of the records that a run lost, from `ledger.jsonl`, by stage and reason.
struct LostRecords {
  /// Records that ended in one stage for one reason.
  struct Group {
    let stage: String
    let fate: String
    let reason: String
    fileprivate(set) var count = 0
    fileprivate(set) var samples: [Sample] = []
  }

  /// One record that ended.
  struct Sample {
    let id: String
    /// What was measured, or what is wrong.
    let detail: String
    /// The record that stands for it, where it was merged.
    let into: String?
    /// What it said before it ended; nil where the run keeps no text of it.
    var text: String?
    /// What the record says that stands for it.
    var intoText: String?
  }

  private(set) var groups: [Group] = []

  /// Samples are drawn from so many records of a reason at the most, so that finding what they say
  /// takes no walk over all the data.
  private static let drawn = 200
  /// How many samples a reason has.
  private static let shown = 3
  /// How much of the ledger is read.
  private static let limit = 512 << 20

  /// Reads the ledger, then looks up what the samples said; nil where nothing was lost.
  static func read(from folder: RunFolder) -> LostRecords? {
    guard var lines = try? LineCursor(folder.at("ledger.jsonl").path) else { return nil }
    var lost = LostRecords()
    var bytes = 0
    while bytes < limit, let line = try? lines.next() {
      bytes += line.count
      if line.holds(#""fate":"kept""#) { continue }
      guard let json = try? JSONValue.parse(line) else { continue }
      lost.add(json)
    }
    guard !lost.groups.isEmpty else { return nil }
    lost.lookUp(in: folder)
    return lost
  }

  private mutating func add(_ json: JSONValue) {
    guard let id = json["id"]?.string, let fate = json["fate"]?.string,
      ["dropped", "merged", "quarantined"].contains(fate)
    else { return }
    let stage = json["stage"]?.string ?? "?"
    let reason = json["reason"]?.string ?? "no reason given"
    let place = groups.firstIndex { ($0.stage, $0.fate, $0.reason) == (stage, fate, reason) }
    let index = place ?? groups.endIndex
    if place == nil { groups.append(Group(stage: stage, fate: fate, reason: reason)) }
    groups[index].count += 1
    guard groups[index].count <= Self.drawn else { return }
    let sample = Sample(id: id, detail: Self.detail(json), into: json["into"]?.string)
    groups[index].insert(sample, limit: Self.shown)
  }

  /// `words 2, min-words 3`, or what a fault's message says.
  private static func detail(_ json: JSONValue) -> String {
    if let message = json["message"]?.string {
      let field = json["field"]?.string.map { ": \($0)" } ?? ""
      return message + field
    }
    return (json["detail"]?.object?.members ?? []).prefix(6)
      .map { "\($0.key) \($0.value.string ?? $0.value.double.map(Format.plain) ?? $0.value.text)" }
      .joined(separator: ", ")
  }

  private mutating func lookUp(in folder: RunFolder) {
    let cache = StageOutputs(folder: folder)
    let raw = Quarantine(folder: folder)
    for index in groups.indices {
      if groups[index].fate == "quarantined" {
        for place in groups[index].samples.indices {
          groups[index].samples[place].text = raw[groups[index].samples[place].id]
        }
      }
    }
    for stage in Set(groups.map(\.stage)).sorted() {
      let members = groups.indices.filter { groups[$0].stage == stage }
      let wanted = members.flatMap { groups[$0].samples.flatMap { [$0.id, $0.into ?? $0.id] } }
      let texts = cache.texts(of: Set(wanted), before: stage)
      for index in members { groups[index].fill(texts) }
    }
  }
}

extension LostRecords.Group {
  fileprivate init(stage: String, fate: String, reason: String) {
    self.stage = stage
    self.fate = fate
    self.reason = reason
  }

  /// Keeps the samples whose ids have the least hashes: a fair draw that is the same every time.
  fileprivate mutating func insert(_ sample: LostRecords.Sample, limit: Int) {
    let hash = StableHash.hash(sample.id)
    let place = samples.firstIndex { StableHash.hash($0.id) > hash } ?? samples.endIndex
    samples.insert(sample, at: place)
    if samples.count > limit { samples.removeLast() }
  }

  fileprivate mutating func fill(_ texts: [String: String]) {
    for index in samples.indices {
      samples[index].text = samples[index].text ?? texts[samples[index].id]
      samples[index].intoText = samples[index].into.flatMap { texts[$0] }
    }
  }
}

/// The raw lines of `quarantine.jsonl` by the place they were read from.
private struct Quarantine {
  private var raw: [String: String] = [:]
  private static let limit = 16 << 20

  init(folder: RunFolder) {
    guard var lines = try? LineCursor(folder.at("quarantine.jsonl").path) else { return }
    var bytes = 0
    while bytes < Self.limit, let line = try? lines.next() {
      bytes += line.count
      guard let json = try? JSONValue.parse(line), let file = json["file"]?.string,
        let place = json["line"]?.count, let text = json["raw"]?.string
      else { continue }
      raw["\(file):\(place)"] = Format.excerpt(text, limit: 600)
    }
  }

  subscript(id: String) -> String? { raw[id] }
}
