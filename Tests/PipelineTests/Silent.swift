import Pipeline
import Stages
import Train

/// Watches a run and says nothing.
struct Silent: RunObserver {
  func stage(_ progress: StageProgress) {}
  func training(_ event: TrainingEvent) {}
  func say(_ text: String) {}
}
