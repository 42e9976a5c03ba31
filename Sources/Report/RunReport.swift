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
  package static func html(
    ofRunAt path: String, reading bounds: ReadingBounds
  ) throws(ReportError) -> String {
    page(of: try Run(folder: RunFolder(path: path), bounds: bounds))
  }
}
