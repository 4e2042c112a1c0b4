# CMake toolchain file: builds a project's CUDA with the Wavefold toolkit that this file lies in.
#
#   cmake -DCMAKE_TOOLCHAIN_FILE=<toolkit>/lib/cmake/wavefold/wavefold.cmake ...
#
# It names the compiler and the toolkit, sets the architecture that Wavefold's device reports (unless the project or the
# user names others: any is accepted), and lets what is built find the toolkit's libraries.

get_filename_component(WAVEFOLD_ROOT "${CMAKE_CURRENT_LIST_DIR}/../../.." ABSOLUTE)

set(CMAKE_CUDA_COMPILER "${WAVEFOLD_ROOT}/bin/nvcc" CACHE FILEPATH "CUDA compiler")
set(CUDAToolkit_ROOT "${WAVEFOLD_ROOT}" CACHE PATH "CUDA toolkit")
# For projects that still use FindCUDA.
set(CUDA_TOOLKIT_ROOT_DIR "${WAVEFOLD_ROOT}" CACHE PATH "CUDA toolkit")

if(NOT DEFINED CMAKE_CUDA_ARCHITECTURES)
    set(CMAKE_CUDA_ARCHITECTURES 70 CACHE STRING "CUDA architectures")
endif()

# CMake links with the host compiler and passes no run path of nvcc's.
foreach(variable CMAKE_BUILD_RPATH CMAKE_INSTALL_RPATH)
    if(NOT "${WAVEFOLD_ROOT}/lib64" IN_LIST ${variable})
        list(APPEND ${variable} "${WAVEFOLD_ROOT}/lib64")
    endif()
endforeach()
