import Foundation
import Records
import Stages

/// Samples of the records that a run lost, from `ledger.jsonl`, by stage and reason.
struct LostRecords: Sendable {
  /// Records that ended in one stage for one reason.
  struct Group: Sendable {
    let end: End
    fileprivate(set) var count = 0
    fileprivate(set) var samples: [Sample] = []
    fileprivate var drawn = Ranking<Sample>(limit: 3)

    fileprivate init(end: End) { self.end = end }
  }

  /// Where, how and why records ended.
  struct End: Hashable, Sendable {
    let stage: String
    let fate: String
    let reason: String
  }

  /// One record that ended.
  struct Sample: Sendable {
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

  /// In the order in which the ledger tells of them first.
  private(set) var groups: [Group] = []
  /// How much of the ledger was read, where that is not all of it.
  private(set) var bound: Int?
  private var places: [End: Int] = [:]

  /// Reads the ledger, then looks up what the samples said; nil where nothing was lost.
  ///
  /// - Parameter most: How many records ended, where that is known: lines behind the last of them, of records
  ///   that were kept, need not be read.
  static func read(from folder: RunFolder, upTo bound: Int, most: Int? = nil) -> LostRecords? {
    guard var lines = try? LineCursor(folder.at("ledger.jsonl").path) else { return nil }
    var lost = LostRecords()
    var (bytes, ended) = (0, 0)
    while ended < most ?? .max, let line = try? lines.next() {
      guard bytes < bound else {
        lost.bound = bound
        break
      }
      bytes += line.count
      if line.holds(#""fate":"kept""#) { continue }
      ended += 1
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
    let end = End(
      stage: json["stage"]?.string ?? "?", fate: fate,
      reason: json["reason"]?.string ?? "no reason given")
    let place = places[end] ?? groups.endIndex
    if place == groups.endIndex {
      groups.append(Group(end: end))
      places[end] = place
    }
    groups[place].count += 1
    groups[place].drawn.draw(
      Sample(id: id, detail: Self.detail(json), into: json["into"]?.string), by: id)
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
    for place in groups.indices { groups[place].samples = groups[place].drawn.items }
    let faulty = groups.indices.filter { groups[$0].end.fate == "quarantined" }
    let raw = Quarantine(folder: folder, of: Set(faulty.flatMap { groups[$0].samples.map(\.id) }))
    for place in faulty { groups[place].fill(raw.texts) }
    let cache = StageOutputs(folder: folder)
    for stage in Set(groups.map(\.end.stage)).sorted() {
      let members = groups.indices.filter { groups[$0].end.stage == stage }
      let wanted = members.flatMap { groups[$0].samples.flatMap { [$0.id, $0.into ?? $0.id] } }
      let texts = cache.texts(of: Set(wanted), before: stage)
      for place in members { groups[place].fill(texts) }
    }
  }
}

extension LostRecords.Group {
  fileprivate mutating func fill(_ texts: [String: String]) {
    for index in samples.indices {
      samples[index].text = samples[index].text ?? texts[samples[index].id]
      samples[index].intoText = samples[index].into.flatMap { texts[$0] }
    }
  }
}

/// The raw lines of `quarantine.jsonl` by the place they were read from.
private struct Quarantine {
  private(set) var texts: [String: String] = [:]
  private static let limit = 64 << 20

  init(folder: RunFolder, of ids: Set<String>) {
    guard !ids.isEmpty, var lines = try? LineCursor(folder.at("quarantine.jsonl").path) else {
      return
    }
    var bytes = 0
    while bytes < Self.limit, texts.count < ids.count, let line = try? lines.next() {
      bytes += line.count
      guard let json = try? JSONValue.parse(line), let file = json["file"]?.string,
        let place = json["line"]?.count, let text = json["raw"]?.string,
        ids.contains("\(file):\(place)")
      else { continue }
      texts["\(file):\(place)"] = Format.excerpt(text, limit: 600)
    }
  }
}
