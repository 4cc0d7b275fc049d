"""Structures of the kernel: mutable, passed by pointer, and without reference counts.

Numba counts references to whatever a function is given, with an atomic instruction each time; in a kernel of a
hundred small functions that costs more than the work. Here a structure lives on the stack of the function that
makes it, as long as that runs, and the arrays in it are lent out uncounted. It owns its arrays all the same:
putting another one into a field frees the one before, `owned` hands one out for good, `release` frees the rest.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from numba import types
from numba.core import cgutils
from numba.core.cgutils import create_struct_proxy
from numba.core.datamodel import models
from numba.core.datamodel.registry import default_manager
from numba.core.errors import TypingError
from numba.core.extending import infer_getattr, intrinsic, lower_getattr_generic, lower_setattr_generic
from numba.core.typing.templates import AttributeTemplate


class Structure(types.Type):
    """The type of a structure: the types of its fields by name."""

    def __init__(self, fields: Iterable[tuple[str, types.Type]]) -> None:
        self.fields = {name: types.unliteral(type_) for name, type_ in fields}
        self.payload = types.StructRefPayload("Structure", tuple(self.fields.items()))
        super().__init__(name=f"Structure{tuple(self.fields.items())}")

    @property
    def mangling_args(self) -> tuple[str, tuple[int, ...]]:
        """A short name for the linker, in place of all fields with their types."""
        return type(self).__name__, (self._code,)  # type: ignore[attr-defined]


default_manager.register(Structure, models.OpaqueModel)


def _payload(context: Any, builder: Any, structure: Structure, pointer: Any) -> Any:
    """The fields behind a pointer, to be read and written by name."""
    of_payload = context.data_model_manager[structure.payload].get_value_type().as_pointer()
    return create_struct_proxy(structure.payload)(context, builder, ref=builder.bitcast(pointer, of_payload))


@infer_getattr
class _Fields(AttributeTemplate):
    key = Structure

    def generic_resolve(self, typ: Structure, attr: str) -> types.Type | None:  # type: ignore[override]
        """A field's type."""
        return typ.fields.get(attr)


@lower_getattr_generic(Structure)
def _read(context: Any, builder: Any, structure: Structure, pointer: Any, name: str) -> Any:
    """A field's value; an array is lent, as one that belongs to nobody."""
    value = getattr(_payload(context, builder, structure, pointer), name)
    if not isinstance(structure.fields[name], types.Array):
        return value
    array = context.make_array(structure.fields[name])(context, builder, value=value)
    array.meminfo = cgutils.get_null_value(array.meminfo.type)
    array.parent = cgutils.get_null_value(array.parent.type)
    return array._getvalue()


@lower_setattr_generic(Structure)
def _write(context: Any, builder: Any, signature: Any, arguments: Any, name: str) -> None:
    """Put a value into a field; the structure shares in it, and no longer in the one before."""
    (structure, given), (pointer, value) = signature.args, arguments
    field = structure.fields[name]
    payload = _payload(context, builder, structure, pointer)
    before = getattr(payload, name)
    value = context.cast(builder, value, given, field)
    context.nrt.incref(builder, field, value)
    context.nrt.decref(builder, field, before)
    setattr(payload, name, value)


@intrinsic
def _structure(_typing: Any, values: Any) -> Any:
    """A structure with the fields of a named tuple, on the stack of the function that calls this."""
    if not isinstance(values, types.NamedTuple):
        raise TypingError(f"a structure is made from a named tuple, not from {values}")
    made = Structure(zip(values.fields, values.types, strict=True))

    def build(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        memory = cgutils.alloca_once(builder, context.data_model_manager[made.payload].get_value_type())
        payload = create_struct_proxy(made.payload)(context, builder, ref=memory)
        for (name, field), value in zip(
            made.fields.items(), cgutils.unpack_tuple(builder, arguments[0]), strict=True
        ):
            context.nrt.incref(builder, field, value)
            setattr(payload, name, value)
        return builder.bitcast(memory, context.get_value_type(signature.return_type))

    return made(values), build


@intrinsic(prefer_literal=True)
def _owned(_typing: Any, holder: Any, name: Any) -> Any:
    """An array of a structure, to keep beyond the structure's life."""
    field = holder.fields[name.literal_value]

    def build(context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        value = getattr(_payload(context, builder, holder, arguments[0]), name.literal_value)
        context.nrt.incref(builder, field, value)
        return value

    return field(holder, name), build


@intrinsic
def _release(_typing: Any, holder: Any) -> Any:
    """A structure's end: what it owns is freed, where nobody else shares in it."""

    def build(context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        payload = _payload(context, builder, holder, arguments[0])
        for name, field in holder.fields.items():
            context.nrt.decref(builder, field, getattr(payload, name))
        return context.get_dummy_value()

    return types.void(holder), build


structure: Any = _structure
owned: Any = _owned
release: Any = _release
"""As functions of the kernel call them: without the compiler's first argument."""
