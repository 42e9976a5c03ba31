import Records
import Stages

/// The text of a PDF, page by page, as `pdftotext` of poppler-utils reads it.
enum PDFPages {
  /// The bytes a PDF begins with.
  static let magic = Array("%PDF-".utf8)
  /// What installs the program.
  static let remedy = "install it, as with 'apt-get install poppler-utils'"
  private static let seconds = 120.0

  /// The program; nil where it is not installed.
  static func program(in folders: String? = nil) -> String? {
    TextProgram.find("pdftotext", in: folders)
  }

  /// The text of each page.
  /// - Throws: `missing-program`, `encrypted-pdf`, `invalid-pdf`, `too-slow`, `too-large`.
  static func texts(
    _ bytes: [UInt8], atMost largest: Int, at source: Source
  ) throws(StageError) -> [String] {
    guard let path = program() else {
      throw StageError(
        "missing-program", "PDF is read by 'pdftotext', which is not installed", source: source,
        remedy: remedy)
    }
    let program = TextProgram(path: path, seconds: seconds, mostBytes: largest)
    let result: TextProgram.Result
    do {
      result = try program.run(["-enc", "UTF-8", "-q", "-", "-"], input: bytes)
    } catch { throw StageError(error, file: source.file) }
    if result.isTooLong { throw .tooLarge(source, limit: largest) }
    if let fault = fault(of: result, bytes, source) { throw fault }
    return pages(result.output)
  }

  /// Each page ends in a form feed.
  private static func pages(_ output: [UInt8]) -> [String] {
    var pages = output.split(separator: 0x0C, omittingEmptySubsequences: false)
    if pages.last?.isEmpty == true { pages.removeLast() }
    return pages.map { XMLElement.trimmed(String(decoding: $0, as: UTF8.self)) }
  }

  private static func fault(
    of result: TextProgram.Result, _ bytes: [UInt8], _ source: Source
  ) -> StageError? {
    if result.isLate {
      return StageError(
        "too-slow", "pdftotext did not finish within \(Int(seconds)) seconds", source: source,
        remedy: "leave the file out, or print it to a new PDF")
    }
    if result.status == 0 { return nil }
    let isEncrypted =
      result.status == 3 || result.complaint.lowercased().contains("password")
      || result.status == 1 && bytes.firstRange(of: Array("/Encrypt".utf8)) != nil
    if isEncrypted {
      return StageError(
        "encrypted-pdf", "the PDF is encrypted", source: source,
        remedy: "unlock it, as with 'qpdf --decrypt --password=… IN OUT'")
    }
    let reason = result.complaint.isEmpty ? "pdftotext cannot read it" : result.complaint
    return StageError(
      "invalid-pdf", "the PDF is damaged: \(reason)", source: source,
      remedy: "fetch or print the file again")
  }
}
