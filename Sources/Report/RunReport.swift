import Foundation

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
    let run = try Run(folder: RunFolder(path: path))
    return page(of: run)
  }

  /// Writes `report.html` into the run folder, replacing an earlier one in one step.
  ///
  /// - Returns: the file's path.
  /// - Throws: ``ReportError`` when the path is no run folder or the file cannot be written.
  @discardableResult
  public static func write(ofRunAt path: String) throws(ReportError) -> String {
    let markup = try html(ofRunAt: path)
    let file = URL(filePath: path).appending(path: "report.html")
    do {
      try Data(markup.utf8).write(to: file, options: .atomic)
    } catch {
      throw .cannotWrite(path: file.path, reason: "\(error.localizedDescription)")
    }
    return file.path
  }
}
