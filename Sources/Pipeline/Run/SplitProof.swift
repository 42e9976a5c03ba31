import Records
import Split
import Stages

/// Proves again, from the files of a run and by code of its own, that nothing leaks between sides.
struct SplitProof {
  let plan: PipelinePlan
  let folder: String
  let sides: [Side: Int]
  let threads: Int

  /// Checks the published records against the certificate, where the run has one.
  /// - Returns: What people should know of the split, one sentence each.
  /// - Throws: `LeakError` with every fault that was found.
  func check() throws -> [String] {
    let path = "\(folder)/\(SplitCertificate.fileName)"
    guard plan.steps.contains(where: { $0.descriptor.role == .splitting }), Folders.exists(path)
    else { return [] }
    let certificate = try SplitCertificate(json: JSONValue.parse(FileReader.contents(path)))
    let records = Side.allCases.filter { sides[$0, default: 0] > 0 }.map { side in
      RecordCollection(
        path: RunPublisher.data(side, in: folder), count: sides[side, default: 0], threads: threads)
    }
    // Where later stages have dropped all, nothing is left that could leak.
    let faults =
      records.isEmpty && !isComplete
      ? [] : try certificate.verify(records, isComplete: isComplete)
    guard faults.isEmpty else { throw LeakError(faults: faults.map(\.description)) }
    return certificate.warnings
  }

  /// Whether no stage behind the split can have changed or dropped what the certificate counts.
  private var isComplete: Bool {
    let behind = plan.steps.drop { $0.descriptor.role != .splitting }.dropFirst()
    return behind.allSatisfy { [.augmenting, .fitting, .writing].contains($0.descriptor.role) }
  }
}

/// The sides of a split share something that they must not share.
public struct LeakError: Error, Sendable, CustomStringConvertible {
  let faults: [String]
  let remedy: String?

  /// A leak of these faults, one sentence each, and what to do about them.
  public init(faults: [String], remedy: String? = nil) {
    self.faults = faults
    self.remedy = remedy
  }

  /// One line a fault.
  public var description: String {
    "the split leaks, so nothing may be trained on it:\n  " + faults.joined(separator: "\n  ")
      + (remedy.map { "\n(\($0))" } ?? "")
  }
}
