import Records
import Stages
import Write

/// `data/summary.json`: what the sides of a run are like, told before anything is trained on them.
struct SideSummaries {
  let folder: String
  let sides: [Side: Int]
  let threads: Int
  let observer: any RunObserver

  private static let key = "of"

  /// Writes the summary and says it, unless it is there for the same records.
  func write(of fingerprint: String) throws {
    let path = "\(folder)/data/summary.json"
    let old = (try? FileReader.contents(path)).flatMap { try? JSONValue.parse($0) }
    if let old, old[Self.key]?.string == fingerprint {
      return warn(old["warnings"]?.array?.compactMap(\.string) ?? [])
    }
    let summary = try DataSummary(
      Side.allCases.map { side in
        (
          side,
          RecordCollection(
            path: RunPublisher.data(side, in: folder), count: sides[side, default: 0],
            threads: threads)
        )
      })
    var object = summary.object
    object[Self.key] = .string(fingerprint)
    try AtomicFile.write(JSONValue.object(object).prettyText.utf8, to: path)
    summary.lines.forEach(observer.say)
    warn(summary.warnings)
  }

  private func warn(_ warnings: [String]) {
    for warning in warnings { observer.say("warning: \(warning)") }
  }
}
