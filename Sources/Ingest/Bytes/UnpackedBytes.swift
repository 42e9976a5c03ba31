import Records
import Stages

/// A library that unpacks one kind of compression, a piece at a time.
protocol Unpacker: AnyObject {
  /// Unpacks what fits; says how many bytes were read and written, and whether a member ended.
  func step(
    _ input: UnsafeBufferPointer<UInt8>, _ output: UnsafeMutableBufferPointer<UInt8>
  ) -> UnpackingStep
  /// Makes ready for a member that begins with a byte; false where none begins so.
  func begin(with byte: UInt8) -> Bool
  /// Whether there is one member and no more: what follows it is not looked at.
  var isSingle: Bool { get }
}

extension Unpacker {
  var isSingle: Bool { false }
}

/// What one call of a library did.
struct UnpackingStep {
  enum Status {
    /// The member goes on.
    case more
    /// The member ended.
    case ended
    /// The bytes are no such member.
    case damaged
    /// They need more memory than they get: why, and what to do.
    case tooLarge(String, remedy: String)
  }

  /// Bytes of input that were taken.
  var read = 0
  /// Bytes of output that were made.
  var written = 0
  var status = Status.more
}

/// What faults of compressed bytes are called.
struct PackedName {
  /// In messages, such as `the gzip`.
  let subject: String
  /// At the end of codes, such as `gzip`.
  let code: String

  init(_ kind: Compression) {
    subject = "the \(kind.rawValue)"
    code = kind.rawValue
  }

  private init(subject: String, code: String) {
    self.subject = subject
    self.code = code
  }

  /// A member of a zip archive.
  static let zipMember = PackedName(subject: "the member", code: "zip")
}

/// What a compressed file holds: all its members, one after the other.
final class UnpackedBytes: ByteStream {
  private let packed: any ByteStream
  private let unpacker: any Unpacker
  private let kind: PackedName
  private let name: String
  private var input: [UInt8] = []
  private var position = 0
  private var produced = 0
  private var insideMember = true
  /// Whether the library may hold content for which there was no room.
  private var isFull = false
  private static let chunk = 1 << 20

  init(
    _ packed: any ByteStream, by unpacker: any Unpacker, kind: PackedName, name: String
  ) {
    self.packed = packed
    self.unpacker = unpacker
    self.kind = kind
    self.name = name
  }

  func next() throws(StageError) -> [UInt8] {
    while true {
      if unpacker.isSingle, !insideMember { return [] }
      guard try refill() else { return [] }
      if !insideMember {
        guard try beginMember() else { return [] }
      }
      let output = try unpackChunk()
      if !output.isEmpty { return output }
    }
  }

  /// Sees to it that there is input; false at the end of the file.
  private func refill() throws(StageError) -> Bool {
    guard position == input.count, !isFull else { return true }
    input = try packed.next()
    position = 0
    if input.isEmpty, insideMember {
      throw fault(
        "\(kind.subject) ends in the middle, after \(produced) bytes of content",
        "the file was cut short: fetch or write it again", code: "truncated-\(kind.code)")
    }
    return !input.isEmpty
  }

  /// Goes on to the next member; false where only padding follows.
  private func beginMember() throws(StageError) -> Bool {
    while true {
      guard let start = input[position...].firstIndex(where: { $0 != 0 }) else {
        position = input.count
        guard try refill() else { return false }
        continue
      }
      guard unpacker.begin(with: input[start]) else {
        throw fault(
          "bytes follow \(kind.subject) that are none", "fetch or write the file again")
      }
      position = start
      insideMember = true
      return true
    }
  }

  private func unpackChunk() throws(StageError) -> [UInt8] {
    var step = UnpackingStep()
    let output = [UInt8](unsafeUninitializedCapacity: Self.chunk) { buffer, filled in
      input.withUnsafeBufferPointer { source in
        step = unpacker.step(UnsafeBufferPointer(rebasing: source[position...]), buffer)
      }
      filled = step.written
    }
    position += step.read
    isFull = output.count == Self.chunk
    produced += output.count
    switch step.status {
    case .more: break
    case .ended:
      insideMember = false
      isFull = false
    case .damaged:
      throw fault(
        "\(kind.subject) is damaged after \(produced) bytes of content",
        "fetch or write the file again")
    case .tooLarge(let reason, let remedy): throw fault(reason, remedy, code: "large-window")
    }
    return output
  }

  private func fault(_ message: String, _ remedy: String, code: String? = nil) -> StageError {
    StageError(
      code ?? "corrupt-\(kind.code)", message, source: Source(file: name, line: 0),
      remedy: remedy)
  }
}
