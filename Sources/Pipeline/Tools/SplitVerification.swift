import Records
import Split
import Stages

/// Proves a split from its certificate and the files of its records, by code that made neither.
public struct SplitVerification: Sendable {
  /// How many originals each side holds, in the order of `Side.allCases`.
  public let counts: [Int]
  /// The Jaccard similarity from which no two records on different sides are alike; nil where only
  /// equal texts were kept together.
  public let nearDuplicates: Double?
  /// When validation and test begin, in a split by time.
  public let validationBegins, testBegins: String?
  /// What is wrong, one sentence each; empty where nothing leaks.
  public let faults: [String]
  /// What to do where the only fault is that there are other records than certified.
  public let remedy: String?

  /// Checks files, or the files of sides in a folder or in its folder `data`.
  ///
  /// With `isComplete` the records must be exactly those that the certificate was written for;
  /// without, later stages may have dropped some.
  /// - Throws: `FileError`, `StageError` for a line that is no record, `SplitFault` for a
  ///   certificate that cannot be read, `Diagnostics` where there is no file of records.
  public init(certificate path: String, data: [String], isComplete: Bool, threads: Int) throws {
    let certificate = try SplitCertificate(json: JSONValue.parse(FileReader.contents(path)))
    let files = data.flatMap(Self.files)
    guard !files.isEmpty else {
      throw Diagnostics([
        Diagnostic(
          "there are no records of a split in \(data.joined(separator: ", "))",
          remedy: "name train.jsonl, validation.jsonl and test.jsonl, their folder, or the run")
      ])
    }
    let records = files.map { file in
      RecordCollection(path: file, count: 0, threads: threads)
    }
    counts = Side.allCases.map { certificate[$0].records }
    nearDuplicates = certificate.nearDuplicates
    validationBegins = certificate.time?.boundaries.validation?.description
    testBegins = certificate.time?.boundaries.test?.description
    let found = try certificate.verify(records, isComplete: isComplete)
    faults = found.map(\.description)
    remedy =
      isComplete && !found.isEmpty
        && found.allSatisfy { $0.kind == .otherRecords || $0.kind == .similarity }
      ? "where later stages dropped some of them, --partial proves those that are left" : nil
  }

  private static func files(_ path: String) -> [String] {
    guard Folders.isFolder(path) else { return [path] }
    let folder = Folders.isFolder("\(path)/data") ? "\(path)/data" : path
    return Side.allCases.map { "\(folder)/\($0.rawValue).jsonl" }.filter { Folders.exists($0) }
  }
}
