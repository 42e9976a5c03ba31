import Parquet
import Records
import Stages

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// A file that is read at any place: an archive whose directory stands at its end.
final class RandomFile {
  /// How many bytes there are.
  let count: Int
  private let descriptor: Int32
  private let name: String
  /// Told of what is read.
  private var meter: InputMeter?

  /// Opens a file; `name` is what messages call it.
  convenience init(path: String, name: String, meter: InputMeter? = nil) throws(StageError) {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw StageError(FileError("open", path), file: name) }
    try self.init(descriptor: descriptor, name: name)
    self.meter = meter
  }

  /// Takes over a descriptor.
  private init(descriptor: Int32, name: String) throws(StageError) {
    self.descriptor = descriptor
    self.name = name
    count = max(0, Int(lseek(descriptor, 0, SEEK_END)))
  }

  /// Keeps a stream in a file without a name, since what cannot be sought cannot be read twice.
  ///
  /// - Throws: `zip-bomb` where the content is larger and packed tighter than the limits let a member of
  ///   an archive be.
  convenience init(
    keeping stream: PeekedBytes, name: String, limits: ZipLimits = ZipLimits()
  ) throws(StageError) {
    let descriptor: Int32
    do { descriptor = try ScratchFile.open(in: FilePaths.temporary) } catch {
      throw StageError(error, file: name)
    }
    do throws(StageError) {
      var kept = 0
      while true {
        let chunk = try stream.next()
        if chunk.isEmpty { break }
        kept += chunk.count
        if let packed = stream.origin?.count, limits.areExceeded(by: kept, packed: packed) {
          throw .bomb("the content is at least \(kept) bytes", kept, packed, name)
        }
        try Self.append(chunk, to: descriptor, name)
      }
    } catch {
      close(descriptor)
      throw error
    }
    try self.init(descriptor: descriptor, name: name)
  }

  deinit { close(descriptor) }

  private static func append(
    _ bytes: [UInt8], to descriptor: Int32, _ name: String
  ) throws(StageError) {
    var done = 0
    while done < bytes.count {
      let step = bytes.withUnsafeBytes {
        write(descriptor, $0.baseAddress.map { $0 + done }, $0.count - done)
      }
      if step > 0 {
        done += step
      } else if step < 0, errno != EINTR {
        throw StageError(FileError("write in", FilePaths.temporary), file: name)
      }
    }
  }

  /// The bytes from a place on: `count` of them, or fewer where the end comes first.
  func read(_ count: Int, at place: Int) throws(StageError) -> [UInt8] {
    guard place >= 0, place < self.count, count > 0 else { return [] }
    let wanted = min(count, self.count - place)
    var failed = false
    let bytes = [UInt8](unsafeUninitializedCapacity: wanted) { buffer, filled in
      while filled < wanted {
        let step = pread(
          descriptor, buffer.baseAddress.map { $0 + filled }, wanted - filled, place + filled)
        if step > 0 {
          filled += step
        } else if step == 0 || errno != EINTR {
          failed = step < 0
          return
        }
      }
    }
    if failed { throw StageError(FileError("read", name), file: name) }
    meter?.read(bytes.count)
    return bytes
  }
}

extension RandomFile: ByteSource {
  /// The bytes of a range that lies within the file.
  func read(_ range: Range<Int>) throws(FileError) -> [UInt8] {
    do {
      return try read(range.count, at: range.lowerBound)
    } catch {
      throw FileError("read", name)
    }
  }
}
