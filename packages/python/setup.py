"""Gives a wheel that carries the binary the tag of its platform; all else is in pyproject.toml."""

from pathlib import Path

from setuptools import Distribution, setup
from setuptools.command.bdist_wheel import bdist_wheel

CARRIES_BINARY = (Path(__file__).parent / "src/chatctl/bin/chatctl").is_file()


class PlatformDistribution(Distribution):
    def has_ext_modules(self):
        return CARRIES_BINARY


class PlatformWheel(bdist_wheel):
    def get_tag(self):
        python, abi, platform = super().get_tag()
        return ("py3", "none", platform) if CARRIES_BINARY else (python, abi, platform)


setup(distclass=PlatformDistribution, cmdclass={"bdist_wheel": PlatformWheel})
