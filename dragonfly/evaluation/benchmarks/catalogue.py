"""Every benchmark by its name on the command line."""

from dragonfly.evaluation.benchmarks.ai2d import AI2D
from dragonfly.evaluation.benchmarks.benchmark import Benchmark
from dragonfly.evaluation.benchmarks.caption_sets import PEIR_GROSS, ROCO
from dragonfly.evaluation.benchmarks.chartqa import CHART_QA
from dragonfly.evaluation.benchmarks.gqa import GQA
from dragonfly.evaluation.benchmarks.mm_vet import MM_VET
from dragonfly.evaluation.benchmarks.mme import MME
from dragonfly.evaluation.benchmarks.path_vqa import PATH_VQA
from dragonfly.evaluation.benchmarks.pope import POPE
from dragonfly.evaluation.benchmarks.report_sets import IU_XRAY, MIMIC_CXR
from dragonfly.evaluation.benchmarks.scienceqa import SCIENCE_QA
from dragonfly.evaluation.benchmarks.seed import SEED
from dragonfly.evaluation.benchmarks.slake import SLAKE
from dragonfly.evaluation.benchmarks.template_sets import BCCD, BRCA_M2C
from dragonfly.evaluation.benchmarks.textvqa import TEXT_VQA
from dragonfly.evaluation.benchmarks.vizwiz import VIZ_WIZ
from dragonfly.evaluation.benchmarks.vqa_med import VQA_MED
from dragonfly.evaluation.benchmarks.vqa_rad import VQA_RAD, VQA_RAD_BY_IMAGE
from dragonfly.evaluation.errors import EvaluationError

_BIOMEDICAL = (VQA_RAD, VQA_RAD_BY_IMAGE, SLAKE, PATH_VQA, VQA_MED, BRCA_M2C, BCCD)
_CAPTIONS = (IU_XRAY, PEIR_GROSS, ROCO, MIMIC_CXR)
_GENERAL = (AI2D, SCIENCE_QA, CHART_QA, TEXT_VQA, VIZ_WIZ, GQA, POPE, MME, SEED, MM_VET)

BENCHMARKS: dict[str, Benchmark] = {
    benchmark.name: benchmark for benchmark in (*_BIOMEDICAL, *_CAPTIONS, *_GENERAL)
}


def find_benchmark(name: str) -> Benchmark:
    """The benchmark of that name.

    Raises:
        EvaluationError: `UNKNOWN_BENCHMARK`, listing the names there are.
    """
    try:
        return BENCHMARKS[name]
    except KeyError as error:
        raise EvaluationError(
            "UNKNOWN_BENCHMARK",
            f"There is no benchmark '{name}'. Known: {', '.join(BENCHMARKS)}.",
        ) from error
