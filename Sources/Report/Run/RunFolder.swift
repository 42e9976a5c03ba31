import Foundation
import Records

/// One file of a run: what it says, or why it says nothing.
enum Part<Value> {
  /// It was read.
  case present(Value)
  /// It is not in the folder.
  case missing
  /// It is there and cannot be used, and why.
  case broken(String)

  var value: Value? {
    if case .present(let value) = self { value } else { nil }
  }

  /// Reads further; nil from `transform` means that the shape is wrong.
  func read<Other>(as expected: String, _ transform: (Value) -> Other?) -> Part<Other> {
    switch self {
    case .missing: .missing
    case .broken(let reason): .broken(reason)
    case .present(let value): transform(value).map { .present($0) } ?? .broken("is no \(expected)")
    }
  }
}

/// Where a run's files lie.
struct RunFolder {
  let url: URL

  /// - Throws: ``ReportError`` when there is no folder at the path.
  init(path: String) throws(ReportError) {
    var isFolder: ObjCBool = false
    let exists = FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
    guard exists, isFolder.boolValue else { throw .noFolder(path: path) }
    url = URL(filePath: path).standardizedFileURL
  }

  /// The folder's path, for messages.
  var path: String { url.path }

  /// The folder's own name.
  var name: String { url.lastPathComponent }

  /// Whether a file is there, readable or not.
  func has(_ file: String) -> Bool { FileManager.default.fileExists(atPath: at(file).path) }

  /// Where a file of the run lies.
  func at(_ file: String) -> URL { url.appending(path: file) }

  /// A whole file; for those whose size does not grow with the data.
  func bytes(_ file: String) -> Part<[UInt8]> {
    guard has(file) else { return .missing }
    do {
      return .present([UInt8](try Data(contentsOf: at(file))))
    } catch {
      return .broken("cannot be read")
    }
  }

  /// A file of text; bytes that are no UTF-8 become U+FFFD.
  func text(_ file: String) -> Part<String> {
    bytes(file).read(as: "text") { String(decoding: $0, as: UTF8.self) }
  }

  /// A file that holds one JSON object.
  func object(_ file: String) -> Part<JSONValue> {
    switch bytes(file) {
    case .missing: return .missing
    case .broken(let reason): return .broken(reason)
    case .present(let bytes):
      do {
        let value = try JSONValue.parse(bytes)
        return value.object == nil ? .broken("is no JSON object") : .present(value)
      } catch {
        return .broken("is no JSON: \(error)")
      }
    }
  }
}
