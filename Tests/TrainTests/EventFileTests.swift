import Foundation
import Records
import Stages
import TestSupport
import Testing
import Train

/// The curves of a training as TensorBoard reads them; `Scripts/train_events_check.py` asks TensorBoard.
struct EventFileTests {
  private let workshop: Workshop

  init() throws { workshop = try Workshop(Workshop.classified(60)) }

  /// The events of a file, their frames checked.
  private func events(_ path: String) throws -> [[UInt8]] {
    let bytes = try FileReader.contents(path)
    var events: [[UInt8]] = []
    var place = 0
    while place < bytes.count {
      let length = Int(bytes[place])
      #expect(bytes[place + 1..<place + 8].allSatisfy { $0 == 0 })
      let event = Array(bytes[place + 12..<place + 12 + length])
      #expect(bytes[place + 12 + length..<place + 16 + length].elementsEqual(checksum(event)))
      events.append(event)
      place += 16 + length
    }
    return events
  }

  private func checksum(_ bytes: [UInt8]) -> [UInt8] {
    let plain = EventRecord.castagnoli(bytes)
    let masked = (plain >> 15 | plain << 17) &+ 0xA282_EAD8
    return (0..<4).map { UInt8(truncatingIfNeeded: masked >> (8 * UInt32($0))) }
  }

  private func files(_ run: String) throws -> [String] {
    let folder = "\(workshop.folder.path)/\(run)/tensorboard"
    return try Folders.list(folder).map { "\(folder)/\($0)" }
  }

  @Test func `the checksum is that of Castagnoli`() {
    #expect(EventRecord.castagnoli(Array("123456789".utf8)) == 0xE306_9283)
    #expect(EventRecord.castagnoli([]) == 0)
  }

  @Test func `a record is what TensorFlow writes`() {
    // tensorboard 2.21: EventFileWriter of Event(wall_time=1.5, step=300, summary: train/loss 0.25).
    let record = EventRecord.scalars([("train/loss", 0.25)], step: 300, at: 1.5)
    let event: [UInt8] =
      [0x09, 0, 0, 0, 0, 0, 0, 0xF8, 0x3F, 0x10, 0xAC, 0x02, 0x2A, 0x13, 0x0A, 0x11, 0x0A, 0x0A]
      + Array("train/loss".utf8) + [0x15, 0, 0, 0x80, 0x3E]
    #expect(Array(record.bytes[12..<record.bytes.count - 4]) == event)
    #expect(record.bytes[..<8].elementsEqual([UInt8(event.count), 0, 0, 0, 0, 0, 0, 0]))
  }

  @Test func `a run has an event for each entry of its history`() throws {
    try workshop.run("run", classification(["epochs": 2]))
    let found = try events(#require(try files("run").first))
    let log = try FileReader.contents("\(workshop.folder.path)/run/trainer_log.jsonl")
      .split(separator: UInt8(ascii: "\n")).map { try JSONValue.parse(Array($0)) }
    #expect(found.count == 2 + log.count)
    #expect(found[0].suffix(13).elementsEqual("brain.Event:2".utf8))
    let texts = found.dropFirst(2).map { String(decoding: $0, as: UTF8.self) }
    #expect(texts[0].contains("train/loss") && texts[0].contains("train/learning_rate"))
    #expect(texts.contains { $0.contains("eval/f1.weighted") })
    #expect(log[0]["lr"]?.double != nil && log[0]["total_steps"]?.int == 10)
    #expect(log.last?["percentage"]?.double == 100)
  }

  /// The step of an event whose time stands before it, and whether it is of an evaluation.
  private func point(_ event: [UInt8]) -> [JSONValue] {
    var (step, shift) = (0, 0)
    for byte in event.dropFirst(10) {
      step |= Int(byte & 0x7F) << shift
      shift += 7
      if byte < 0x80 { break }
    }
    return [.integer(step), .bool(String(decoding: event, as: UTF8.self).contains("eval/"))]
  }

  /// Expects that the last of some files voids all others and has one event for each line of a run's
  /// log, in its order.
  private func expectWhole(_ run: String, of workshop: Workshop, files count: Int) throws {
    let folder = "\(workshop.folder.path)/\(run)"
    let files = try Folders.list("\(folder)/tensorboard")
    #expect(files.count == count)
    let found = try events("\(folder)/tensorboard/\(#require(files.last))")
    // SessionLog START of step 0.
    #expect(found[1].suffix(6).elementsEqual([0x10, 0, 0x3A, 2, 0x08, 1]))
    let log = try FileReader.contents("\(folder)/trainer_log.jsonl")
      .split(separator: UInt8(ascii: "\n")).map { try JSONValue.parse(Array($0)) }
    #expect(log.count > 10)
    #expect(
      found.dropFirst(2).map(point)
        == log.map { [.integer($0["current_steps"]?.int ?? -1), .bool($0["loss"] == nil)] })
  }

  @Test func `a run that goes on has each point once`() throws {
    let root = workshop.folder.path
    let options = classification(["epochs": 2])
    _ = try workshop.session("run", options).run { event in
      guard case .saved(5, _) = event else { return }
      try? FileManager.default.copyItem(atPath: "\(root)/run", toPath: "\(root)/killed")
    }
    try workshop.run("killed", options)
    try expectWhole("killed", of: workshop, files: 2)
  }

  @Test func `a kill about an evaluation leaves no point twice`() throws {
    let workshop = try Workshop(Workshop.instructions(60))
    let root = workshop.folder.path
    let options = causal(["epochs": 2, "best-metric": "bleu"])
    var copies: [String] = []
    _ = try workshop.session("run", options).run { event in
      switch event {
      case .saved, .evaluated: break
      default: return
      }
      copies.append("killed-\(copies.count)")
      try? FileManager.default.copyItem(
        atPath: "\(root)/run", toPath: "\(root)/killed-\(copies.count - 1)")
    }
    // Saved, evaluated and saved again, in each of two epochs.
    #expect(copies.count == 6)
    for copy in copies {
      try workshop.run(copy, options)
      try expectWhole(copy, of: workshop, files: 2)
    }
  }

  @Test func `curves that are asked for on the way are whole`() throws {
    let root = workshop.folder.path
    _ = try workshop.session("run", classification(["epochs": 2, "report-to": "none"])).run {
      guard case .saved(5, _) = $0 else { return }
      try? FileManager.default.copyItem(atPath: "\(root)/run", toPath: "\(root)/killed")
    }
    try workshop.run("killed", classification(["epochs": 2]))
    try expectWhole("killed", of: workshop, files: 1)
  }

  @Test func `whoever may read the log may read the curves`() throws {
    try workshop.run("run", classification(["epochs": 1]))
    let log = "\(workshop.folder.path)/run/trainer_log.jsonl"
    let modes = try [log, #require(try files("run").first)].map {
      try FileManager.default.attributesOfItem(atPath: $0)[.posixPermissions] as? Int
    }
    #expect(modes[0] != nil && modes[0] == modes[1])
  }

  @Test func `it is left out where nobody wants it, and removed with another training`() throws {
    try workshop.run("run", classification(["epochs": 1]))
    try workshop.run("run", classification(["epochs": 2, "learning-rate": 0.1]))
    try expectWhole("run", of: workshop, files: 1)
    try workshop.run(
      "run", classification(["epochs": 1, "report-to": "none", "learning-rate": 0.1]))
    #expect(!Folders.exists("\(workshop.folder.path)/run/tensorboard"))
  }
}
