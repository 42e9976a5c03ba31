import Records
import Stages
import TestSupport
import Testing
import Train

/// Learning rates of every step against transformers, from `Scripts/models_make_fixtures.py`.
struct ScheduleTests {
  @Test func `every factor is that of transformers`() throws {
    let path = "\(Shared.project)/Tests/Fixtures/Train/schedules.json"
    let rows = try #require(JSONValue.parse(FileReader.contents(path)).array)
    #expect(rows.count == 12)
    for row in rows {
      let curve = try #require(row["schedule"]?.string.flatMap(LearningRateCurve.init))
      let warmup = try #require(row["warmup"]?.int)
      let total = try #require(row["total"]?.int)
      let schedule = LearningRateSchedule(
        curve, warmupRatio: 0.9, warmupSteps: warmup, totalSteps: total)
      let expected = try #require(row["factors"]?.array).compactMap(\.double)
      for (step, factor) in expected.enumerated() {
        #expect(abs(schedule.factor(step: step) - factor) < 1e-12, "\(curve) \(warmup) \(step)")
      }
    }
  }

  @Test func `a warm-up ratio is rounded up to whole steps`() {
    let schedule = LearningRateSchedule(
      .linear, warmupRatio: 0.1, warmupSteps: nil, totalSteps: 101)
    #expect(schedule.warmupSteps == 11)
  }
}
