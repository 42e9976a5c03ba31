import Records
import TestSupport
import Testing
import Train

@Suite struct `Activation checkpointing` {
  @Test(arguments: ["activation-checkpointing", "gradient-checkpointing", "gradient_checkpointing"])
  func `trains the same model, under the names that other trainers give it`(name: String) throws {
    let workshop = try Workshop(Workshop.classified(60))
    let (plain, events) = try workshop.run("plain", classification(["max-steps": 3]))
    let (result, others) = try workshop.run(
      "again", classification(["max-steps": 3, name: true]))
    #expect(losses(events) == losses(others) && losses(events).count == 3)
    let files = ["model.safetensors"]
    #expect(try contents(plain.modelFolder, files) == contents(result.modelFolder, files))
  }
}
