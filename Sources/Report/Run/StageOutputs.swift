import Foundation
import Records
import Stages

/// What records said at each stage: the outputs that a run keeps in `cache/` and `data/`.
struct StageOutputs {
  private let folder: RunFolder
  /// The stages' folders in the order they ran: `05-clean.length-a7e1202ccedd`.
  private let names: [String]
  /// How much is read to find a few records, in bytes of their lines.
  private static let limit = 256 << 20

  init(folder: RunFolder) {
    self.folder = folder
    let all = try? FileManager.default.contentsOfDirectory(atPath: folder.at("cache").path)
    names = (all ?? []).filter { $0.first?.isNumber == true }.sorted()
  }

  /// The labels of the stages whose output is there, in the order they ran.
  var labels: [String] { names.map(Self.label) }

  /// What records said before a stage; those that are not found are left out.
  func texts(of ids: Set<String>, before stage: String) -> [String: String] {
    guard let place = names.firstIndex(where: { Self.label($0) == stage }), place > 0 else {
      return [:]
    }
    return texts(of: ids, in: "cache/\(names[place - 1])/records.lines")
  }

  /// What records of the finished data say, on whichever side they are.
  func finished(_ ids: Set<String>, sides: [String]) -> [String: String] {
    var found: [String: String] = [:]
    for side in sides where found.count < ids.count {
      let rest = ids.subtracting(found.keys)
      found.merge(texts(of: rest, in: "data/\(side).jsonl")) { old, _ in old }
    }
    return found
  }

  /// `clean.length` of `05-clean.length-a7e1202ccedd`.
  private static func label(_ name: String) -> String {
    let rest = name.drop { $0 != "-" }.dropFirst()
    return rest.lastIndex(of: "-").map { String(rest[..<$0]) } ?? String(rest)
  }

  /// Walks records until all that are asked for are found.
  private func texts(of ids: Set<String>, in file: String) -> [String: String] {
    guard !ids.isEmpty else { return [:] }
    var found: [String: String] = [:]
    var bytes = 0
    // A file that is missing or damaged in part shows what was found before.
    try? folder.records(file).forEachSlice { slice in
      var (size, records) = (0, [Record]())
      try slice.forEach { stored, _ in
        size += stored.size
        if try ids.contains(stored.id()) { records.append(try stored.record()) }
      }
      return (size: size, records: records)
    } _: { part in
      for record in part.records { found[record.id] = record.shown }
      bytes += part.size
      if bytes > Self.limit || found.count == ids.count { throw Enough() }
    }
    return found
  }

  /// Ends a walk before the last record.
  struct Enough: Error {}
}

extension RunFolder {
  /// Records as they lie in a file of the run.
  func records(_ file: String) -> RecordCollection {
    RecordCollection(path: at(file).path, count: 0, threads: 1)
  }
}

extension Record {
  /// What the record says, as one text: turns of a conversation below one another.
  var shown: String { texts().filter { !$0.isEmpty }.joined(separator: "\n") }
}
