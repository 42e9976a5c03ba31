import Records
import Stages
import TestSupport
import Testing

/// A run in the folder of another training: what is told, and what is trained anew.
struct OtherTrainingTests {
  @Test func `what changed is told before checkpoints are removed`() throws {
    let folder = try TemporaryFolder()
    let file = try TinyRun.write(to: folder)
    let out = "\(folder.path)/run"
    func run(_ more: String...) throws -> String {
      try Binary.succeed(["run", file, "--out", out, "--max-steps", "6"] + more, in: folder).errors
    }
    #expect(try !run("--threads", "1").contains("another training"))
    let threads = try run("--threads", "2")
    #expect(
      threads.contains(
        "train: the checkpoints and model here are of another training: threads 1, now 2; "
          + "they are removed"))
    // What only decides whether a training goes on makes no other of it.
    let same = try run("--threads", "2", "--set", "train.stop-on-divergence=false")
    #expect(same.contains("nothing has changed"), "\(same)")
    let optimizer = try run(
      "--threads", "2", "--set", "train.optimizer=lion", "--set", "train.ema=0.9")
    #expect(optimizer.contains("of another training: optimizer adamw, now lion {\"beta1\""))
    #expect(
      try run("--threads", "2", "--set", "train.optim=lion", "--set", "train.ema=0.9")
        .contains("nothing has changed"))
  }
}
