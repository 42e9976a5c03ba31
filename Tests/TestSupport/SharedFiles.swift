public import Records
import Stages

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

extension Shared {
  /// The content of a file of the reference data, unpacked where its name ends in `.gz`.
  public static func contents(_ name: String) throws -> [UInt8] {
    let path = path(name)
    guard name.hasSuffix(".gz") else { return try FileReader.contents(path) }
    guard let pipe = popen("gzip -dc '\(path)'", "r") else { throw FileError("unpack", path) }
    defer { pclose(pipe) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = fread(&chunk, 1, chunk.count, pipe)
      if count == 0 { return bytes }
      bytes += chunk[..<count]
    }
  }

  /// The objects of a file of the reference data: one JSON list, or one object a line.
  public static func objects(_ name: String) throws -> [JSONObject] {
    let bytes = try contents(name)
    if bytes.first == UInt8(ascii: "[") {
      return try JSONValue.parse(bytes).array?.compactMap(\.object) ?? []
    }
    return try bytes.split(separator: UInt8(ascii: "\n")).compactMap {
      try JSONValue.parse($0).object
    }
  }
}

extension Shared {
  /// Unpacks a `.tar.gz` or a `.bz2` of the reference data into a folder.
  public static func unpack(_ name: String, into folder: String) throws {
    let path = path(name)
    let file = FilePaths.name(name)
    let command =
      name.hasSuffix(".tar.gz")
      ? "tar -xzf '\(path)' -C '\(folder)'"
      : "bzip2 -dc '\(path)' > '\(folder)/\(file.dropLast(4))'"
    guard system(command) == 0 else { throw FileError("unpack", path) }
  }
}
