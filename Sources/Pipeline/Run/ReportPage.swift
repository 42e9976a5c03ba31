import Report
import Stages

/// The page of a run as a file of its folder.
public enum ReportPage {
  /// Makes `report.html` from what the folder holds, replacing an earlier one in one step.
  ///
  /// - Returns: the file's path.
  /// - Throws: `ReportError` when the path is no run folder, `FileError` for a full disk.
  @discardableResult
  public static func write(ofRunAt folder: String) throws -> String {
    try write(ofRunAt: folder, ledger: nil)
  }

  /// - Parameter ledger: What the ledger tells, where that has been read.
  static func write(ofRunAt folder: String, ledger: LedgerReading?) throws -> String {
    let path = FilePaths.join(folder, "report.html")
    try AtomicFile.write(try RunReport.html(ofRunAt: folder, ledger: ledger).utf8, to: path)
    return path
  }
}
