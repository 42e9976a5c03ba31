import Foundation
import Glibc
import Stages
import TestSupport
import Testing

@Suite struct `The lock of a folder` {
  @Test func `tells whether it is held, and nothing where there is none`() throws {
    let folder = try TemporaryFolder()
    #expect(FolderLock.isHeld(folder.path) == nil)
    var lock: FolderLock? = try FolderLock(folder.path)
    #expect(FolderLock.isHeld(folder.path) == true)
    #expect(throws: FileError.self) { try FolderLock(folder.path) }
    #expect(lock != nil)
    lock = nil
    #expect(FolderLock.isHeld(folder.path) == false)
    #expect(FolderLock.isHeld(folder.path) == false)
  }

  @Test func `is taken while another process asks for a moment whether it is held`() throws {
    let folder = try TemporaryFolder()
    _ = try FolderLock(folder.path)
    let asking = open("\(folder.path)/.lock", O_RDONLY | O_CLOEXEC)
    try #require(flock(asking, LOCK_SH | LOCK_NB) == 0)
    DispatchQueue.global().asyncAfter(deadline: .now() + .milliseconds(20)) { close(asking) }
    let lock = try FolderLock(folder.path)
    #expect(FolderLock.isHeld(folder.path) == true)
    withExtendedLifetime(lock) {}
  }
}
