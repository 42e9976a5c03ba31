/// The page of a run: one self-contained HTML file made from what the run folder holds.
///
/// It needs nothing but the folder's files, whoever wrote them; those that are missing or broken
/// are left out, with a line that says so.
public enum RunReport {
  /// The page as HTML.
  ///
  /// Memory does not grow with the number of predictions: they are read line by line.
  ///
  /// - Throws: ``ReportError`` when the path is no run folder.
  public static func html(ofRunAt path: String) throws(ReportError) -> String {
    try html(ofRunAt: path, reading: ReadingBounds())
  }

  /// The page, with so much read of files that grow with the data.
  ///
  /// - Parameter ledger: What the ledger tells, where that has been read.
  package static func html(
    ofRunAt path: String, reading bounds: ReadingBounds = ReadingBounds(),
    ledger: LedgerReading? = nil
  ) throws(ReportError) -> String {
    page(of: try Run(folder: RunFolder(path: path), bounds: bounds, ledger: ledger))
  }
}

/// What a page says of lost records, which of all its parts takes longest to read; it can be read as soon as
/// the ledger is there.
package struct LedgerReading: Sendable {
  let lost: LostRecords?

  /// Reads the ledger of a run.
  ///
  /// - Throws: ``ReportError`` when there is no folder at the path.
  package init(ofRunAt path: String) throws(ReportError) {
    let folder = try RunFolder(path: path)
    self.init(folder, ReadingBounds(), StagesFile.read(from: folder).value?.total)
  }

  init(_ folder: RunFolder, _ bounds: ReadingBounds, _ total: StagesFile.Stage?) {
    lost = LostRecords.read(from: folder, upTo: bounds.ledger, most: total?.ended)
  }
}
