#!/usr/bin/env python3
"""Makes the reference of the nonbonded program: what GROMACS itself computes on the CPU.

Takes: Debian 12's packages `gromacs` (2022.5) and `gromacs-data`; `gmx_d` on the PATH.
Makes: beside this script, one text file for each combination of system (spc216, and its 4x4x4 replica) and
electrostatics (reaction field, Ewald real space): the parameters, GROMACS's version line, its energy terms in full
precision, and with reaction field the forces. With Ewald, mdrun's forces contain the mesh part, so none are kept.

The build in double precision is the one that is asked: the usual one adds the energies of a thread up in f32, and for
the replica's 6.3 million pairs on one thread its Coulomb energy is off by 1.3e-4 of itself, more than the bar.

A single point is a rerun over the coordinates themselves: no constraints, no integration, no thermostat. The replica is
periodic with the period of the unit box, so its forces repeat; the file holds those of the first copy, and the script
states in it how far the worst atom of any other copy is from them.
"""

import math
import os
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
DATA = os.environ.get("GMXDATA", "/usr/share/gromacs") + "/top"
CUTOFF = 0.9            # nm; under half the box of 1.86206 nm
EPSILON_RF = 78.0
EWALD_RTOL = 1e-5

TOPOLOGY = """#include "gromos54a7.ff/forcefield.itp"
#include "gromos54a7.ff/spc.itp"
[ system ]
SPC water
[ molecules ]
SOL {molecules}
"""

MDP = """integrator = md
nsteps = 0
cutoff-scheme = Verlet
verlet-buffer-tolerance = -1
rlist = {cutoff}
pbc = xyz
vdwtype = Cut-off
vdw-modifier = Potential-shift
rvdw = {cutoff}
DispCorr = no
coulomb-modifier = Potential-shift
rcoulomb = {cutoff}
nstxout = 1
nstfout = 1
nstenergy = 1
nstcalcenergy = 1
tcoupl = no
pcoupl = no
gen-vel = no
"""

ELECTROSTATICS = {
    "rf": f"coulombtype = Reaction-Field\nepsilon-r = 1\nepsilon-rf = {EPSILON_RF}\n",
    "ewald": f"coulombtype = PME\newald-rtol = {EWALD_RTOL}\nfourierspacing = 0.12\npme-order = 4\n",
}


def read_gro(path):
    """Title, list of (17 leading columns, x, y, z), and the three box lengths of a .gro file."""
    with open(path) as file:
        title, count, *lines = file.read().splitlines()
    atoms = []
    for line in lines[: int(count)]:
        columns = line[20:]
        dots = [i for i, c in enumerate(columns) if c == "."]
        width = dots[1] - dots[0]
        atoms.append((line[:15],) + tuple(float(columns[k * width : (k + 1) * width]) for k in range(3)))
    return title, atoms, [float(v) for v in lines[int(count)].split()[:3]]


def write_replica(path, source, copies):
    """Writes `copies`^3 copies of `source`, whole copies one after the other, with five decimals (three lose the box)."""
    title, atoms, box = read_gro(source)
    with open(path, "w") as file:
        total = len(atoms) * copies**3
        file.write(f"{title}\n{total}\n")
        number = 0
        for a in range(copies):
            for b in range(copies):
                for c in range(copies):
                    for names, x, y, z in atoms:
                        place = (x + a * box[0], y + b * box[1], z + c * box[2])
                        residue = number // 3 + 1
                        label = f"{residue % 100000:5d}{names[5:15]}{(number + 1) % 100000:5d}"
                        file.write(label + "".join(f"{v:10.5f}" for v in place) + "\n")
                        number += 1
        file.write("".join(f"{copies * v:12.5f}" for v in box) + "\n")
    return len(atoms), total


def gmx(folder, *arguments, given=None):
    """Runs gmx_d in `folder`; its stdout, or an end with its complaint."""
    done = subprocess.run(["gmx_d", "-nobackup", *arguments], cwd=folder, input=given, text=True, capture_output=True)
    if done.returncode != 0:
        sys.exit(f"gmx_d {' '.join(arguments)} failed:\n{done.stderr}")
    return done.stdout


def version_line():
    found = dict(line.split(":", 1) for line in gmx(".", "--version").splitlines() if ":" in line)
    return f"{found['GROMACS version'].strip()}, {found['Precision'].strip()} precision"


def parse_forces(dump):
    """Forces out of `gmx dump` of a trajectory: lines `f[  12]={ 1.0e+00,  ...}`."""
    forces = []
    inside = False
    for line in dump.splitlines():
        if line.lstrip().startswith("f ("):
            inside = True
        elif inside and "={" in line:
            forces.append(tuple(float(v) for v in line.split("{")[1].rstrip("} ").split(",")))
    return forces


def parse_energies(xvg):
    """Names and values out of the .xvg that `gmx energy -dp` writes."""
    names = []
    for line in xvg.splitlines():
        if line.startswith("@ s") and "legend" in line:
            names.append(line.split('"')[1])
        elif line and line[0] not in "#@":
            return dict(zip(names, line.split()[1:]))
    sys.exit("the energy file holds no step")


def ewald_coefficient():
    """The beta for which erfc(beta * cut-off) is the tolerance, by bisection, as ewald-rtol is defined."""
    low, high = 0.0, 100.0
    for _ in range(200):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if math.erfc(middle * CUTOFF) > EWALD_RTOL else (low, middle)
    return low


def single_point(copies, kind):
    """One rerun of the coordinates; energy terms and forces of all atoms."""
    with tempfile.TemporaryDirectory() as folder:
        unit, total = write_replica(os.path.join(folder, "conf.gro"), f"{DATA}/spc216.gro", copies)
        with open(os.path.join(folder, "topol.top"), "w") as file:
            file.write(TOPOLOGY.format(molecules=total // 3))
        with open(os.path.join(folder, "point.mdp"), "w") as file:
            file.write(MDP.format(cutoff=CUTOFF) + ELECTROSTATICS[kind])
        gmx(folder, "grompp", "-f", "point.mdp", "-c", "conf.gro", "-p", "topol.top", "-o", "point.tpr", "-maxwarn", "1")
        gmx(folder, "mdrun", "-s", "point.tpr", "-rerun", "conf.gro", "-deffnm", "point", "-ntmpi", "1", "-ntomp", "1")
        gmx(folder, "energy", "-f", "point.edr", "-o", "point.xvg", "-dp", given="LJ-(SR)\nCoulomb-(SR)\n\n")
        with open(os.path.join(folder, "point.xvg")) as file:
            energies = parse_energies(file.read())
        forces = parse_forces(gmx(folder, "dump", "-f", "point.trr"))
    if len(forces) != total:
        sys.exit(f"expected {total} forces, found {len(forces)}")
    return unit, energies, forces


def write_reference(copies, kind, version):
    unit, energies, forces = single_point(copies, kind)
    path = os.path.join(HERE, f"spc216-{copies}x{copies}x{copies}-{kind}.txt")
    worst = max(math.dist(f, forces[i % unit]) for i, f in enumerate(forces))
    with open(path, "w") as file:
        file.write("# made by make_reference.py; see there. Units: nm, kJ/mol, kJ/mol/nm\n")
        file.write(f"gromacs {version}\n")
        file.write(f"system spc216.gro {copies} {len(forces)}\n")
        file.write(f"cutoff {CUTOFF}\n")
        if kind == "rf":
            file.write(f"electrostatics reaction-field epsilon_rf {EPSILON_RF}\n")
        else:
            file.write(f"electrostatics ewald rtol {EWALD_RTOL} beta {ewald_coefficient():.12f}\n")
        file.write(f"lj_sr {energies['LJ (SR)']}\ncoulomb_sr {energies['Coulomb (SR)']}\n")
        if kind == "rf":
            file.write(f"# forces of the first copy; the worst atom of any other copy is {worst:.3e} away\n")
            file.write(f"forces {unit}\n")
            for force in forces[:unit]:
                file.write("{:.5e} {:.5e} {:.5e}\n".format(*force))
    print(path, energies, "worst copy", worst)


def main():
    version = version_line()
    for copies in (1, 4):
        for kind in ELECTROSTATICS:
            write_reference(copies, kind, version)


if __name__ == "__main__":
    main()
