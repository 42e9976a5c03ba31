import Foundation
import Records
import Stages
import TestSupport
import Testing

@Suite(.serialized) struct `A run that is killed` {
  @Test func `goes on and ends with the same bytes, wherever it was killed`() throws {
    let folder = try TemporaryFolder()
    let file = try TinyRun.write(to: folder)
    let clock = ContinuousClock()
    let start = clock.now
    try Binary.succeed(
      ["run", file, "--out", "\(folder.path)/whole", "--threads", "2"], in: folder)
    var whole = (clock.now - start) / .seconds(1)
    let expected = try TinyRun.hashes("\(folder.path)/whole")
    var random = SystemRandomNumberGenerator()
    var killed = 0
    for attempt in 0..<10 {
      // One moment in each tenth of the run, anywhere within it.
      let share = (Double(attempt) + Double.random(in: 0..<1, using: &random)) / 10
      let out = "\(folder.path)/killed-\(attempt)"
      let arguments = ["run", file, "--out", out, "--threads", "2"]
      if try Binary.stop(arguments, writing: out, at: share, of: &whole, in: folder) { killed += 1 }
      try Binary.succeed(arguments, in: folder)
      let hashes = try TinyRun.hashes(out)
      for (name, hash) in expected {
        #expect(hashes[name] == hash, "\(name) differs after a kill at \(share) of \(whole) s")
      }
      #expect(hashes.count == expected.count)
    }
    #expect(killed >= 8, "too few of the runs were killed before they ended")
  }

  @Test func `leaves no half-written file and no temporary folder`() throws {
    let folder = try TemporaryFolder()
    let file = try TinyRun.write(to: folder)
    let out = "\(folder.path)/run"
    let (process, _) = try Binary.start(["run", file, "--out", out], in: folder)
    Thread.sleep(forTimeInterval: 0.3)
    kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
    try Binary.succeed(["run", file, "--out", out], in: folder)
    let names = try Folders.files(below: out)
    #expect(!names.contains { $0.contains(".tmp-") || $0.contains("partial") }, "\(names)")
  }
}

@Suite(.serialized) struct `A run that is interrupted` {
  @Test func `says so, ends with 130 and continues`() throws {
    let folder = try TemporaryFolder()
    let file = try TinyRun.write(to: folder)
    let out = "\(folder.path)/run"
    let arguments = ["run", file, "--out", out, "--threads", "2", "--set", "train.epochs=300"]
    let (process, name) = try Binary.start(arguments, in: folder)
    while !Folders.exists("\(out)/checkpoints"), process.isRunning {
      Thread.sleep(forTimeInterval: 0.02)
    }
    process.interrupt()
    process.waitUntilExit()
    let errors = String(decoding: try FileReader.contents("\(name).err"), as: UTF8.self)
    #expect(process.terminationStatus == 130, "\(errors)")
    #expect(errors.contains("run again to continue"))
    let again = try Binary.succeed(
      arguments.dropLast() + ["train.epochs=300", "--max-steps", "40"], in: folder)
    #expect(again.errors.contains("reused"))
  }
}
