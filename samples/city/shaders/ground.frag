in vec3 v_world;
in vec2 v_uv;

uniform sampler2D u_ground;
uniform vec3 u_eye;

out vec4 o_colour;

void main() {
	vec3 albedo = texture(u_ground, v_uv).rgb;
	albedo *= albedo;
	vec3 lit = albedo * (sun_colour * (0.45 * sun_dir.y) + vec3(0.40, 0.44, 0.52) * 0.9);
	vec3 to_eye = u_eye - v_world;
	float dist = length(to_eye);
	float d = max(dist - 60.0, 0.0) * 0.00115;
	float clear = 1.0 / (1.0 + d * d * (1.0 + d));
	o_colour = vec4(screen(mix(haze(to_eye / -dist), lit, clear)), 1.0);
}
