import Stages
import TestSupport
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

struct AtomicFileTests {
  private let folder: TemporaryFolder
  private var path: String { "\(folder.path)/sub/file.txt" }

  init() throws { folder = try TemporaryFolder() }

  private func text(_ path: String) throws -> String {
    String(decoding: try FileReader.contents(path), as: UTF8.self)
  }

  @Test func `a file is there after commit and not before`() throws {
    let file = try AtomicFile(path)
    try file.write("one ")
    try file.write(Array("two".utf8))
    #expect(!Folders.exists(path))
    let hash = try file.commit()
    #expect(try text(path) == "one two")
    #expect(try hash == ContentHash.ofFile(path))
    #expect(hash == ContentHash.of("one two"))
    #expect(try Folders.list("\(folder.path)/sub") == ["file.txt"])
  }

  @Test func `a writer that is dropped leaves nothing, and the old file stays`() throws {
    try AtomicFile.write("old".utf8, to: path)
    do {
      let file = try AtomicFile(path)
      try file.write([UInt8](repeating: 7, count: 3 << 20))
    }
    #expect(try text(path) == "old")
    #expect(try Folders.list("\(folder.path)/sub") == ["file.txt"])
  }

  @Test func `commit replaces what was there`() throws {
    try AtomicFile.write("old and longer".utf8, to: path)
    try AtomicFile.write("new".utf8, to: path)
    #expect(try text(path) == "new")
  }

  @Test func `two writers of one file do not mix, the last to commit wins`() throws {
    let first = try AtomicFile(path)
    let second = try AtomicFile(path)
    try first.write("first")
    try second.write("second")
    try first.commit()
    #expect(try text(path) == "first")
    try second.commit()
    #expect(try text(path) == "second")
    #expect(try Folders.list("\(folder.path)/sub") == ["file.txt"])
  }

  @Test func `a large content arrives whole`() throws {
    let bytes = (0..<5_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31 ^ $0 >> 8) }
    let file = try AtomicFile(path)
    for start in stride(from: 0, to: bytes.count, by: 777_777) {
      try file.write(bytes[start..<min(start + 777_777, bytes.count)])
    }
    #expect(try file.commit() == ContentHash.of(bytes))
    #expect(try FileReader.contents(path) == bytes)
  }

  @Test func `a file that cannot be made is told with its reason`() throws {
    try folder.write("x", to: "plain")
    #expect {
      try AtomicFile("\(folder.path)/plain/file")
    } throws: { error in
      (error as? FileError)?.code == ENOTDIR
    }
    try Folders.make("\(folder.path)/taken")
    let file = try AtomicFile("\(folder.path)/taken")
    #expect(throws: FileError.self) { try file.commit() }
    #expect(try Folders.list(folder.path) == ["plain", "taken"])
  }

  @Test(.enabled(if: FullDisk.canMount, "only root can mount a small disk"))
  func `a full disk is told with its remedy, and nothing half-written stays`() throws {
    let disk = try FullDisk(at: "\(folder.path)/disk", kilobytes: 256)
    let file = try AtomicFile("\(disk.path)/big")
    #expect {
      for _ in 0..<10 { try file.write([UInt8](repeating: 1, count: 1 << 20)) }
      try file.commit()
    } throws: { error in
      "\(error)".hasSuffix(
        "/big: cannot write: No space left on device "
          + "(the disk is full: free space, then run again to continue)")
    }
    withExtendedLifetime(file) {}
  }

  @Test func `errors that people meet say what to do`() {
    #expect(FileError("open", "f", code: ENOENT).description.hasSuffix("(check the path)"))
    #expect(FileError("open", "f", code: EACCES).remedy == "check the permissions")
    #expect(FileError("read", "f", code: EISDIR).remedy?.contains("folder/*.jsonl") == true)
    #expect(FileError("write", "f", code: EDQUOT).remedy?.contains("disk is full") == true)
    #expect(FileError("open", "f", code: EINVAL).description == "f: cannot open: Invalid argument")
  }
}

/// A disk of a few kilobytes in memory, there for one test.
final class FullDisk {
  let path: String

  /// Mounting needs root and, in a container, the right to mount.
  static let canMount: Bool = {
    guard geteuid() == 0, let probe = try? TemporaryFolder() else { return false }
    defer { umount(probe.path) }
    return mount("tmpfs", probe.path, "tmpfs", 0, "size=64k") == 0
  }()

  init(at path: String, kilobytes: Int) throws {
    self.path = path
    try Folders.make(path)
    guard mount("tmpfs", path, "tmpfs", 0, "size=\(kilobytes)k") == 0 else {
      throw FileError("mount", path)
    }
  }

  /// Gives the disk more room.
  func grow(to kilobytes: Int) throws {
    guard mount("tmpfs", path, "tmpfs", UInt(MS_REMOUNT), "size=\(kilobytes)k") == 0 else {
      throw FileError("mount", path)
    }
  }

  deinit { umount2(path, Int32(MNT_DETACH)) }
}
